/** Get-ServiceStatus: the gateway and its partners at a glance, once or as it changes. */
import { isDeepStrictEqual } from 'node:util';

import { dashboardLines } from '../operations/live/dashboard.ts';
import { type ServiceStatus, serviceStatus, statusObject } from '../operations/live/service-status.ts';
import { changeLines } from '../operations/live/status-changes.ts';
import { realClock } from '../primitives/clock.ts';
import { pause } from '../primitives/pause.ts';
import { displayWidth } from './host/cell-text.ts';
import { type CmdletContext, defineCmdlet, type Values } from './host/cmdlet.ts';
import { duration, optional, pattern, switchType, wholeNumber } from './host/parameters.ts';
import type { Screen } from './screen/screen.ts';
import { type Shown, showOnScreen } from './screen/show-on-screen.ts';

/** Seconds. */
const defaultInterval = 2;

const parameters = {
  Partner: optional(pattern, 'A partner; * ? and [] select several.', {
    position: 0,
    pipeline: 'both',
    wildcard: true,
    aliases: ['Identity'],
    defaultText: 'all',
  }),
  Watch: optional(switchType, 'Stays, and shows what changes, until q or Ctrl-C.'),
  Interval: optional(wholeNumber(1, 3600), 'Seconds between two looks.', { defaultText: String(defaultInterval) }),
  Count: optional(wholeNumber(1, 1_000_000), 'Ends after so many records in a pipe, or lines.'),
  Duration: optional(duration, 'Ends after this time.'),
  Ascii: optional(switchType, 'Draws with ASCII alone.', { defaultText: 'where the terminal has no more' }),
};

export default defineCmdlet({
  name: 'Get-ServiceStatus',
  synopsis:
    'Shows the gateway and its partners at a glance: state, sessions, messages a minute, latency, last problem.',
  description:
    'With -Watch on a terminal a dashboard that is drawn again: space pauses, d shows warnings and problems in full, q leaves. In a pipe -Watch writes a record each time that something has changed; with ACCESSIBLE=1 a line for each change. State of a partner is Connected, Idle (no stream, and nothing wrong), Failed (the last thing that happened was a problem), Suspended, or Unknown while no gateway runs.',
  parameters,
  examples: [
    { command: 'get-servicestatus', shows: 'Everything once.' },
    { command: 'get-servicestatus -Watch', shows: 'The dashboard.' },
    { command: 'get-servicestatus fabrikam.com -ExpandProperty Partners', shows: 'One partner.' },
    {
      command: 'get-servicestatus -Watch -Count 1 -OutputFormat ndjson',
      shows: 'A record each time that something changes, the first one at once.',
    },
  ],
  output: {
    kind: 'ServiceStatus',
    table: ['Status', 'Name', 'LoadedRevision', 'Sessions', 'CertificateDays', 'Warnings'],
  },
  accepts: ['XmppFederatedPartner'],

  async run(values, context) {
    const read = (): Promise<ServiceStatus> => serviceStatus(context.store, values.Partner, context.now());
    if (values.Watch !== true) return context.write(statusObject(await read()));
    const ended = AbortSignal.any([
      context.signal,
      ...(values.Duration === undefined ? [] : [AbortSignal.timeout(values.Duration)]),
    ]);
    const screen = context.forPerson ? context.openScreen() : undefined;
    if (screen === undefined) return tellChanges(values, { context, read, ended });
    const left = await showOnScreen(screen, await dashboard(values, read, context), ended);
    if (left === 'interrupt' && values.Duration === undefined) context.endWith(130);
  },
});

interface Watched {
  readonly status: ServiceStatus;
  readonly now: Date;
  readonly isPaused: boolean;
  readonly hasDetails: boolean;
}

type Read = () => Promise<ServiceStatus>;
type Asked = Values<typeof parameters>;

async function dashboard({ Interval, Ascii }: Asked, read: Read, { now }: CmdletContext): Promise<Shown<Watched>> {
  const draw = ({ status, ...view }: Watched, screen: Pick<Screen, 'size' | 'hasUnicode'>): readonly string[] =>
    dashboardLines(status, {
      ...screen.size(),
      ...view,
      isAscii: Ascii === true || !screen.hasUnicode,
      widthOf: displayWidth,
    });
  return {
    start: { status: await read(), now: now(), isPaused: false, hasDetails: false },
    everyMs: (Interval ?? defaultInterval) * 1000,
    async look() {
      const seen = { status: await read(), now: now() };
      return (state) => (state.isPaused ? state : { ...state, ...seen });
    },
    draw,
    onKey(state, key) {
      if (key === 'space') return { ...state, isPaused: !state.isPaused };
      if (key === 'escape') return 'quit';
      if (typeof key === 'string') return state;
      if (key.letter === 'q') return 'quit';
      return key.letter === 'd' ? { ...state, hasDetails: !state.hasDetails } : state;
    },
  };
}

interface Telling {
  readonly context: CmdletContext;
  readonly read: Read;
  readonly ended: AbortSignal;
}

/** Until it is ended, or as much has been told as was asked. */
async function tellChanges({ Interval, Count }: Asked, { context, read, ended }: Telling): Promise<void> {
  const most = Count ?? Number.POSITIVE_INFINITY;
  let before: ServiceStatus | undefined;
  for (let told = 0; !ended.aborted; ) {
    const status = await read();
    const lines = changeLines(before, status, context.now());
    if (context.accessible && context.format === 'auto') {
      for (const line of lines.slice(0, most - told)) context.writeText(line);
      told += lines.length;
    } else if (before === undefined || !isDeepStrictEqual(before, status)) {
      context.write(statusObject(status));
      told += 1;
    }
    before = status;
    if (told >= most) return;
    await pause(realClock, (Interval ?? defaultInterval) * 1000, ended);
  }
}
