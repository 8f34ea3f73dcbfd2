/** Show-Demonstration: the main job in half a minute, on a machine with nothing configured. */
import { defineCmdlet } from './host/cmdlet.ts';

export default defineCmdlet({
  name: 'Show-Demonstration',
  synopsis:
    'Federates two gateways on this machine and lets an IM, a typing notice and presence cross between two SIP users.',
  description:
    'Everything is real: cmdlets, certificates of a local test CA, server-to-server TLS, SIP. It uses a temporary folder and free ports of 127.0.0.1, and leaves nothing behind.',
  parameters: {},
  examples: [{ command: 'show-demonstration', shows: 'What the product does, with every command that sets it up.' }],
  output: { kind: 'DemonstrationStep', table: ['Step', 'Result', 'LatencyMs', 'Detail'] },

  async run(_values, context) {
    const { demonstrate } = await import('../operations/demonstration/demonstration.ts');
    const steps = await demonstrate({ program: context.program, show: (line) => context.say(line) });
    for (const step of steps) context.write(step);
  },
});
