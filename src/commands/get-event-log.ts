/** Get-EventLog: what the gateway did and why, filtered; -Follow stays and shows what comes. */
import { eventObject, findEvents } from '../operations/get-event-log.ts';
import { logLevels } from '../primitives/log-event.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { dateTime, oneOf, optional, switchType, text, wholeNumber } from './host/parameters.ts';

const defaultTail = 50;

export default defineCmdlet({
  name: 'Get-EventLog',
  synopsis: "Shows the gateway's event log, oldest first.",
  parameters: {
    Tail: optional(wholeNumber(1, 1_000_000), 'The newest so many events that match.', {
      defaultText: String(defaultTail),
    }),
    Level: optional(oneOf(logLevels), 'Events of this level and more severe ones.', { defaultText: 'info' }),
    Component: optional(oneOf(['xmpp', 'sip', 'policy', 'service', 'store']), 'The part of the gateway.'),
    Since: optional(dateTime, 'Events at or after this time.'),
    CorrelationId: optional(text, 'Everything that belongs to one message.', { pipeline: 'property' }),
    Filter: optional(text, 'Text that the event must contain, in any case.'),
    Follow: optional(switchType, 'Stays, and shows events as they happen, until Ctrl-C.'),
  },
  examples: [
    { command: 'get-eventlog -Tail 20', shows: 'The last twenty events.' },
    { command: 'get-eventlog -Level warn -Filter fabrikam.com', shows: 'What went wrong with one partner.' },
    {
      command: 'get-eventlog -Level debug -CorrelationId 01JD8W3K7A',
      shows: 'What was said of one message; show-messageflow draws its way.',
    },
  ],
  output: { kind: 'EventLogEntry', table: ['Time', 'Level', 'Event', 'Message'] },

  async run({ Tail, Level, Component, Since, CorrelationId, Filter, Follow }, context) {
    const filter = {
      level: Level ?? 'info',
      component: Component,
      since: Since,
      correlationId: CorrelationId,
      filter: Filter,
    };
    const { folder } = context.store;
    const { events, end } = findEvents(folder, { ...filter, tail: Tail ?? defaultTail });
    for (const event of events) context.write(eventObject(event));
    if (!Follow) return;
    const { followEventLog } = await import('../operations/follow-event-log.ts');
    await followEventLog(folder, filter, {
      from: end,
      signal: context.signal,
      onEvent: (event) => context.write(eventObject(event)),
    });
  },
});
