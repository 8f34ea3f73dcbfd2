/** about_partnertypes: the table of partner types as the gateway applies it, printed from the rules themselves. */
import { type ContactAction, contactTable, type Permission } from '../../config/contact-rules.ts';
import { partnerTypes } from '../../config/federated-partner.ts';

const rows: readonly (readonly [label: string, action: ContactAction])[] = [
  ['add your user', 'AddContact'],
  ["see the user's presence", 'SeePresence'],
  ['send messages', 'SendIm'],
  ['show that they type', 'SendTyping'],
  ['send receipts', 'SendReceipt'],
  ['see the status note', 'SeeNote'],
];

const words: Readonly<Record<Permission, string>> = { always: 'yes', 'when-listed': 'if added', never: 'never' };

const line = (label: string, cells: readonly string[]): string =>
  `  ${label.padEnd(25)}${cells.map((cell) => cell.padEnd(18)).join('')}`.trimEnd();

export const partnerTypesText = (): string => `What the contacts of a partner may do:

${line('', partnerTypes)}
${rows
  .map(([label, action]) =>
    line(
      label,
      partnerTypes.map((type) => words[contactTable[action][type]]),
    ),
  )
  .join('\n')}

"yes" needs nobody's approval. "if added" means: only contacts whom the user has
added; until then a request waits, a message is returned, and nobody learns
whether the user exists.

Federated         an organisation you work with
PublicVerified    a public network that vouches for its users
PublicUnverified  a public network that does not; the default

Your users may write to, and ask to see, any contact of a partner; the server of
the contact decides about the rest. In both directions these come first:
  the partner exists and is not suspended
  AllowFederatedUsers of the access edge is True
  the user's policy has EnableFederationAccess and EnableXmppAccess
  the user is not on a survivable branch appliance, and not Legacy
A contact that the user has blocked stays blocked in every type.

A change takes effect at once, for subscriptions that exist too:
  xgw set-xmppfederatedpartner fabrikam.com -PartnerType Federated
What a contact may do, and which rule says so:
  xgw get-contact sip:alice@contoso.com
  xgw test-presence sip:alice@contoso.com juliet@fabrikam.com`;
