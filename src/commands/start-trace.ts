/** Start-Trace: the running gateway writes the steps of a scenario into a file, until its time is over. */

import { startTraceNow } from '../operations/trace/trace-control.ts';
import { runningTraceObject } from '../operations/trace/trace-objects.ts';
import { traceScenarios } from '../operations/trace/trace-scenario.ts';
import { CodedError } from '../primitives/errors.ts';
import { isTraceName } from '../store/trace-files.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { duration, oneOf, optional, text, wholeNumber } from './host/parameters.ts';

/** A trace that somebody forgot ends by itself. Source: Lync's safety stop. */
const defaultMs = 10 * 60_000;
const maxMs = 24 * 3_600_000;
/** MiB. Source: own choice. */
const defaultMib = 64;
const maxMib = 240;

const fileScenarios = traceScenarios.filter((scenario) => scenario !== 'AlwaysOn');

export const traceOutput = {
  kind: 'Trace',
  table: ['Name', 'Scenario', 'State', 'Started', 'Ends', 'Steps', 'Bytes'],
} as const;

export default defineCmdlet({
  name: 'Start-Trace',
  aliases: ['Start-CsClsLogging'],
  synopsis: 'Writes what crosses the gateway into a file, for some minutes.',
  description:
    'XmppFederation keeps everything of the XMPP side, SipTrunk of the SIP side; Im and Presence keep one kind of traffic on both, Tls and Dialback what streams do about encryption and identity. What people say is left out, unless EnableLoggingAllMessageBodies is True: starting a trace then is asked for. The memory of the gateway holds the last steps of all of these without a trace: search-trace, show-messageflow.',
  parameters: {
    Scenario: optional(oneOf(fileScenarios), 'What to keep.', { position: 0, defaultText: 'Im' }),
    Name: optional(text, 'What to call it: letters, digits, dot, hyphen and underscore.', {
      defaultText: 'the scenario and the time',
    }),
    Duration: optional(duration, 'How long: seconds, or hh:mm:ss; a day at most.', { defaultText: '00:10:00' }),
    MaximumSize: optional(wholeNumber(1, maxMib), 'MiB at which it ends before its time.', {
      defaultText: String(defaultMib),
    }),
  },
  examples: [
    { command: 'start-trace -Scenario XmppFederation -Duration 00:10:00', shows: 'Ten minutes of the XMPP side.' },
    { command: 'start-trace Im -Name ticket-4712', shows: 'Messages, under a name to find them by.' },
  ],
  impact: 'Medium',
  output: traceOutput,

  async run({ Scenario, Name, Duration, MaximumSize }, context) {
    const scenario = Scenario ?? 'Im';
    const started = context.now().toISOString();
    const name = Name ?? `${scenario}-${started.replaceAll(/[-:]|\.\d+/g, '')}`;
    if (!isTraceName(name)) throw badName(name);
    const durationMs = Duration ?? defaultMs;
    if (durationMs < 1_000 || durationMs > maxMs) throw badDuration();
    const withBodies = context.store.read().gateway.enableLoggingAllMessageBodies;
    const target = `${scenario}, for ${durationMs / 1000} s${withBodies ? ', with what people say' : ''}`;
    if (!(await context.shouldProcess(target, 'Start the trace', withBodies ? 'High' : 'Low'))) return;
    const order = {
      name,
      scenario,
      started,
      durationMs,
      withBodies,
      maxBytes: (MaximumSize ?? defaultMib) * 1024 * 1024,
    };
    const trace = await startTraceNow(context.store.folder, order);
    context.done(`trace ${name} runs until ${trace.until}: ${trace.path}`);
    context.hint(`xgw stop-trace ${name}`);
    if (context.passThru) context.write({ ...runningTraceObject(trace), Changed: true });
  },
});

const badName = (name: string): CodedError =>
  new CodedError('CannotConvertArgument', `${JSON.stringify(name)} cannot be the name of a trace.`, {
    reason: 'it names a file: letters, digits, dot, hyphen and underscore, 64 at most, and a letter or digit first',
    fix: 'xgw start-trace Im -Name ticket-4711',
  });

const badDuration = (): CodedError =>
  new CodedError('CannotConvertArgument', 'A trace takes between a second and a day.', {
    fix: 'xgw start-trace Im -Duration 00:10:00',
  });
