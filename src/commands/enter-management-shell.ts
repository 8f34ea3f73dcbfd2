/** Enter-ManagementShell: a shell of cmdlets, where the pipe carries objects and variables last. */
import { defineCmdlet } from './host/cmdlet.ts';
import { runConsole } from './shell/console.ts';
import { runAsProgram } from './shell/script-session.ts';
import { textOfScript } from './shell/script-text.ts';

export default defineCmdlet({
  name: 'Enter-ManagementShell',
  aliases: ['shell'],
  synopsis: 'A shell of its own: cmdlets, pipes of objects, variables, history and completion.',
  description:
    'Everything runs in one process, so it answers at once. Tab completes, Ctrl-C abandons a line, exit or Ctrl-D ends. Where standard input is no terminal, it is read as a script. The language: get-help about_managementshell.',
  parameters: {},
  examples: [
    { command: 'enter-managementshell', shows: 'The prompt shows the machine and the revision of the configuration.' },
    { command: 'shell < partners.xgw', shows: 'A script from standard input.' },
  ],
  impact: 'Low',

  async run(_values, context) {
    const stdin = context.shell?.host.stdin;
    if (stdin?.isTTY === true) await runConsole(context);
    else await runAsProgram(textOfScript(await context.readInput('-')), context);
  },
});
