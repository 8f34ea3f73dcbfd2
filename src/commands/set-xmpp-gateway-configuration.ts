/** Set-XmppGatewayConfiguration: changes what is named of the gateway's settings, and the secret that dialback rests on. */
import type { GatewayConfiguration } from '../config/gateway-configuration.ts';
import { generateDialbackPassphrase, saveDialbackPassphrase } from '../operations/dialback-passphrase.ts';
import { gatewayObject, gatewayWarnings, resetGateway, setGateway } from '../operations/gateway-settings.ts';
import { readGivenSecret } from '../operations/given-secret.ts';
import { CodedError } from '../primitives/errors.ts';
import { gatewayOutput } from './get-xmpp-gateway-configuration.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { oneOf, optional, path, switchType, text } from './host/parameters.ts';
import { reportChange } from './reports/report-change.ts';
import { gatewaySettings, withGatewaySettings } from './settings/gateway-parameters.ts';

export default defineCmdlet({
  name: 'Set-XmppGatewayConfiguration',
  aliases: ['Set-CsXmppGatewayConfiguration', 'sxg'],
  synopsis: 'Changes the settings of the gateway.',
  description:
    'The running gateway takes over every setting without a restart; another port is bound before the old one is given up.',
  parameters: {
    Identity: optional(oneOf(['Global']), 'There is one, Global.', { position: 0, pipeline: 'property' }),
    ...gatewaySettings,
    DialbackPassphraseFile: optional(
      path,
      'File with the secret that dialback keys are made from; only you may read it.',
    ),
    DialbackPassphraseStdin: optional(switchType, 'Read that secret from standard input.'),
    GenerateDialbackPassphrase: optional(switchType, 'Make a new random secret for dialback keys.'),
    DialbackPassphrase: optional(text, 'Refused: every user of the machine could read it.', {
      refusedBecause: 'Use -DialbackPassphraseFile <path>, -DialbackPassphraseStdin or -GenerateDialbackPassphrase.',
    }),
    Reset: optional(switchType, 'All settings as on the first day, but for AccessEdgeFqdn, before the named ones.'),
  },
  examples: [
    { command: 'set-xmppgatewayconfiguration -AccessEdgeFqdn edge.contoso.com', shows: 'The name partners know.' },
    {
      command: "set-xmppgatewayconfiguration -SipMode NextHop -SipNextHop 'pool.contoso.com:5061;transport=tls'",
      shows: 'SIP goes to a pool in place of the home server.',
    },
    { command: 'set-xmppgatewayconfiguration -GenerateDialbackPassphrase', shows: 'New dialback keys from now on.' },
  ],
  impact: 'Medium',
  output: gatewayOutput,

  async run(values, context) {
    if (typeof values.TrustedRootsPath === 'string') await context.readInput(values.TrustedRootsPath);
    const savePassphrase = await passphraseOf(values, context);
    const time = context.now().toISOString();
    const edit = (gateway: GatewayConfiguration): GatewayConfiguration => {
      const changed = withGatewaySettings(values.Reset ? resetGateway(gateway) : gateway, values);
      return savePassphrase === undefined ? changed : { ...changed, dialbackPassphraseTime: time };
    };
    // The secret is there before the revision that tells the running gateway to read it.
    if (savePassphrase !== undefined && !context.whatIf) {
      // What would be refused must not replace the secret.
      setGateway(context.store.read(), edit);
      if (!(await context.shouldProcess('Global', 'Replace the dialback secret'))) return;
      savePassphrase();
    }
    const committed = await context.commit({
      target: 'Global',
      apply: (current) => setGateway(current, edit),
      ...(values.EnableLoggingAllMessageBodies === true ? { impact: 'High' } : {}),
      consequences: (_before, after) => gatewayWarnings(after.gateway),
    });
    if (committed.withheld) return;
    const { gateway: before } = committed.before;
    const { gateway: after } = committed.after;
    if (committed.changed) for (const warning of gatewayWarnings(after)) context.warn(`${warning}.`);
    const output = gatewayObject(after, committed.changed);
    reportChange(context, committed, { name: 'Global', before, after, output });
  },
});

interface GivenPassphrase {
  readonly DialbackPassphraseFile: string | undefined;
  readonly DialbackPassphraseStdin: boolean | undefined;
  readonly GenerateDialbackPassphrase: boolean | undefined;
}

/** What keeps the secret that was handed over; undefined when none was. */
async function passphraseOf(given: GivenPassphrase, context: CmdletContext): Promise<(() => void) | undefined> {
  const { DialbackPassphraseFile: file, DialbackPassphraseStdin: stdin, GenerateDialbackPassphrase: generate } = given;
  if ([file !== undefined, stdin === true, generate === true].filter(Boolean).length > 1) {
    throw new CodedError('ParameterConflict', 'only one of the three ways to set the dialback secret can be used.', {
      reason: '-DialbackPassphraseFile, -DialbackPassphraseStdin and -GenerateDialbackPassphrase exclude each other',
    });
  }
  const { folder } = context.store;
  if (generate) return () => generateDialbackPassphrase(folder);
  const from = stdin ? '-' : file;
  if (from === undefined) return undefined;
  const passphrase = await readGivenSecret(from, context);
  return () => saveDialbackPassphrase(folder, passphrase);
}
