/** Disconnect-XmppSession: ends live streams now. It keeps nobody away: that is what suspending a partner is for. */

import { isPattern } from '../operations/wildcard.ts';
import {
  disconnectSessions,
  refuseUnknown,
  sessionObject,
  type XmppSession,
  xmppSessions,
} from '../operations/xmpp-sessions.ts';
import { CodedError } from '../primitives/errors.ts';
import { sessionOutput } from './get-xmpp-session.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, text, textUpTo } from './host/parameters.ts';

/** Characters. The reason goes into the event log. */
const maxReason = 200;

export default defineCmdlet({
  name: 'Disconnect-XmppSession',
  synopsis: 'Closes the streams to and from an XMPP domain, or one stream.',
  description:
    'Both sides may open new streams at once; messages that wait go out on those. To keep a partner away use suspend-xmppfederatedpartner.',
  parameters: {
    Domain: optional(pattern, 'Domain at the other end; * ? and [] select several.', {
      position: 0,
      aliases: ['Remote'],
      wildcard: true,
    }),
    Id: optional(text, 'The stream of this id.', { pipeline: 'both' }),
    Reason: optional(textUpTo(maxReason), 'Why, for the event log.', { defaultText: 'an operator' }),
  },
  examples: [
    { command: 'disconnect-xmppsession fabrikam.com -Reason "new certificate"', shows: 'The next stream is new.' },
    {
      command: 'get-xmppsession -Direction Inbound | xgw disconnect-xmppsession - -Confirm:false',
      shows: 'Closes what partners have opened.',
    },
  ],
  impact: 'Medium',
  output: sessionOutput,

  async run({ Domain, Id, Reason }, context) {
    if (Domain === undefined && Id === undefined) throw nothingNamed();
    const selection = { domain: Domain, id: Id };
    const found = await xmppSessions(context.store.folder, selection);
    refuseUnknown(found, selection, context.store.read());
    if (found.length === 0) return context.done(`there is no stream to or from ${Domain ?? ''}; nothing was closed.`);
    const impact = isPattern(Domain ?? '') ? 'High' : 'Medium';
    const target = found.map(describe).join(', ');
    if (!(await context.shouldProcess(target, 'Close the streams', impact))) return;
    const reason = Reason === undefined ? 'disconnected by an operator' : `disconnected by an operator: ${Reason}`;
    const closed = await disconnectSessions(context.store.folder, { ids: found.map(({ id }) => id), reason });
    context.done(`${closed.length} ${closed.length === 1 ? 'stream' : 'streams'} closed: ${target}.`);
    if (!context.passThru) return;
    for (const session of found.filter(({ id }) => closed.includes(id))) {
      context.write({ ...sessionObject(session), Changed: true });
    }
  },
});

const describe = ({ direction, remoteDomain, peerAddress, id }: XmppSession): string =>
  `${direction} ${remoteDomain ?? peerAddress} (${id})`;

const nothingNamed = (): CodedError =>
  new CodedError('MandatoryParameterMissing', 'Which streams? Name a domain or an id.', {
    fix: ['xgw get-xmppsession', "xgw disconnect-xmppsession '*'"],
  });
