/** Suspend-XmppFederatedPartner: no traffic with a partner for a while, without losing its settings. */
import { CodedError } from '../primitives/errors.ts';
import { partnerOutput } from './get-xmpp-federated-partner.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { dateTime, optional, textUpTo } from './host/parameters.ts';
import { changeSuspension, partnerIdentity } from './settings/suspension.ts';

/** Characters. */
const maxReason = 200;

export default defineCmdlet({
  name: 'Suspend-XmppFederatedPartner',
  synopsis: 'Refuses the traffic of an XMPP federated partner in both directions, and keeps its settings.',
  description:
    'The running gateway closes the streams of the partner at once. Users who write to it, and its contacts who write to them, get their message back. resume-xmppfederatedpartner ends it; after -Until it ends by itself.',
  parameters: {
    Identity: partnerIdentity,
    Reason: optional(textUpTo(maxReason), 'Why, for other administrators.'),
    Until: optional(dateTime, 'When the partner is taken up again; a time without a zone is local.', {
      defaultText: 'until it is resumed',
    }),
  },
  examples: [
    {
      command: 'suspend-xmppfederatedpartner fabrikam.com -Reason "compromised, ticket 4711"',
      shows: 'Nothing is exchanged with fabrikam.com until it is resumed.',
    },
    {
      command: "suspend-xmppfederatedpartner '*.org' -Until 2099-12-01T06:00 -Confirm:false",
      shows: 'Several partners rest until a maintenance is over.',
    },
  ],
  impact: 'Medium',
  output: partnerOutput,

  async run({ Identity, Reason, Until }, context) {
    const now = context.now();
    if (Until !== undefined && Until <= now) throw past(Until, Identity);
    const until = Until === undefined ? {} : { until: Until.toISOString() };
    await changeSuspension(context, Identity, { reason: Reason ?? '', since: now.toISOString(), ...until });
  },
});

const past = (until: Date, target: string): CodedError =>
  new CodedError('InvalidValue', `${until.toISOString()} has passed: the partner would be resumed at once.`, {
    fix: `xgw suspend-xmppfederatedpartner ${target}`,
    target,
  });
