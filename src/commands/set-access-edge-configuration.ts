/** Set-AccessEdgeConfiguration: opens or closes the organisation to others, by SIP and by XMPP. */
import { accessEdgeObject, setAccessEdge } from '../operations/access-edge.ts';
import { accessEdgeOutput } from './get-access-edge-configuration.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { bool, optional } from './host/parameters.ts';
import { reportChange } from './reports/report-change.ts';

export default defineCmdlet({
  name: 'Set-AccessEdgeConfiguration',
  aliases: ['Set-CsAccessEdgeConfiguration'],
  synopsis: 'Opens or closes the organisation to other organisations.',
  description: 'Without AllowFederatedUsers no policy lets anybody talk to an XMPP partner.',
  parameters: {
    AllowFederatedUsers: optional(bool, 'Whether users may talk to other organisations, by SIP and by XMPP.', {
      pipeline: 'property',
    }),
    EnableFederationRoute: optional(bool, 'The same, as a topology calls it.', { pipeline: 'property' }),
  },
  examples: [{ command: 'set-accessedgeconfiguration -AllowFederatedUsers true', shows: 'Federation is allowed.' }],
  impact: 'Medium',
  output: accessEdgeOutput,

  async run({ AllowFederatedUsers, EnableFederationRoute }, context) {
    const allowed = AllowFederatedUsers ?? EnableFederationRoute;
    const committed = await context.commit({
      target: 'Global',
      apply: (current) =>
        allowed === undefined
          ? current
          : setAccessEdge(current, { ...current.accessEdge, allowFederatedUsers: allowed }),
    });
    if (committed.withheld) return;
    const { accessEdge: before } = committed.before;
    const { accessEdge: after } = committed.after;
    const output = accessEdgeObject(after, committed.changed);
    reportChange(context, committed, { name: 'Global', before, after, output });
  },
});
