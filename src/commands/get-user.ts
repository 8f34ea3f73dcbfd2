/** Get-User: the users of this gateway, and whether XMPP is open to them. */
import type { User } from '../config/configuration.ts';
import { configurationOf } from '../operations/loaded-configuration.ts';
import { selectUsers, userObject } from '../operations/users.ts';
import { wildcard } from '../operations/wildcard.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, switchType } from './host/parameters.ts';

export const userOutput = {
  kind: 'User',
  table: ['Identity', 'XmppAllowed', 'XmppBlockedReason', 'DisplayName'],
} as const;

export default defineCmdlet({
  name: 'Get-User',
  aliases: ['Get-CsUser'],
  synopsis: 'Shows the users, the policy that applies to each, and whether XMPP is open to them.',
  parameters: {
    Identity: optional(pattern, 'Address or display name of a user; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['SipAddress'],
      wildcard: true,
    }),
    Filter: optional(pattern, 'The same as a wildcard Identity.', { wildcard: true }),
    HomeServer: optional(pattern, 'Only users of this pool or gateway.', { wildcard: true }),
    OnLegacy: optional(switchType, 'Only users that have not been moved from the legacy deployment.', {
      aliases: ['OnLyncServer', 'OnOfficeCommunicationServer'],
    }),
    OnSurvivableBranch: optional(switchType, 'Only users of a survivable branch appliance.'),
    LocalStore: optional(switchType, 'What the running gateway has loaded, in place of what the store says.'),
  },
  examples: [
    { command: 'get-user', shows: 'All users.' },
    { command: 'get-user sip:alice@contoso.com', shows: 'One user, and why XMPP is refused to them if it is.' },
    { command: 'get-user -OnLegacy', shows: 'Who still has to be moved.' },
  ],
  output: userOutput,

  async run({ Identity, Filter, HomeServer, OnLegacy, OnSurvivableBranch, LocalStore }, context) {
    const configuration = await configurationOf(context.store, LocalStore);
    const filtered = new Set(selectUsers(configuration, Filter));
    const isAtHome = wildcard(HomeServer ?? '*');
    const wanted = (user: User): boolean =>
      filtered.has(user) &&
      (!OnLegacy || user.deployment === 'Legacy') &&
      (!OnSurvivableBranch || user.survivableBranch) &&
      isAtHome(userObject(configuration, user).HomeServer ?? '');
    for (const user of selectUsers(configuration, Identity).filter(wanted)) {
      context.write(userObject(configuration, user));
    }
  },
});
