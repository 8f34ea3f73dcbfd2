/** Get-XmppGatewayConfiguration: the settings of the one gateway. */
import { gatewayObject } from '../operations/gateway-settings.ts';
import { configurationOf } from '../operations/loaded-configuration.ts';
import { notFound } from '../operations/named-objects.ts';
import { isPattern, wildcard } from '../operations/wildcard.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, switchType } from './host/parameters.ts';

export const gatewayOutput = {
  kind: 'XmppGatewayConfiguration',
  table: ['Identity', 'AccessEdgeFqdn', 'SipMode', 'ConnectionLimit'],
} as const;

export default defineCmdlet({
  name: 'Get-XmppGatewayConfiguration',
  aliases: ['Get-CsXmppGatewayConfiguration', 'gxg'],
  synopsis: 'Shows the settings of the gateway: limits, intervals, listeners, SIP side, trust.',
  parameters: {
    Identity: optional(pattern, 'There is one, Global.', { position: 0, wildcard: true }),
    Filter: optional(pattern, 'The same as a wildcard Identity, as Lync calls it.', { wildcard: true }),
    LocalStore: optional(switchType, 'What the running gateway has loaded, in place of what the store says.'),
  },
  examples: [
    { command: 'get-xmppgatewayconfiguration', shows: 'All settings.' },
    { command: 'get-xmppgatewayconfiguration -ExpandProperty XmppPort', shows: 'One value, bare.' },
  ],
  output: gatewayOutput,

  async run({ Identity, Filter, LocalStore }, context) {
    const wanted = Identity ?? Filter ?? 'Global';
    if (!wildcard(wanted)('Global')) {
      if (isPattern(wanted)) return;
      throw notFound(['Global'], wanted, { words: 'gateway configuration', noun: 'XmppGatewayConfiguration' });
    }
    context.write(gatewayObject((await configurationOf(context.store, LocalStore)).gateway));
  },
});
