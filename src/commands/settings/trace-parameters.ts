/** What the trace cmdlets ask alike: which steps, and which traces. */

import type { TraceQuestion } from '../../operations/trace/trace-search.ts';
import { logLevels } from '../../primitives/log-event.ts';
import { traceSubjects } from '../../primitives/trace-step.ts';
import type { Values } from '../host/cmdlet.ts';
import { dateTime, oneOf, optional, pattern, switchType, text } from '../host/parameters.ts';

export const traceQuestionParameters = {
  Uri: optional(text, 'Part of an address of either end.', { aliases: ['Address'] }),
  CallId: optional(text, 'Call-ID of a SIP transaction.'),
  CorrelationId: optional(text, 'Everything that belongs to one message.', { pipeline: 'property' }),
  Ip: optional(text, 'Address of a peer, with or without its port.'),
  Component: optional(oneOf(['xmpp', 'sip', 'policy', 'service', 'store']), 'The part of the gateway.'),
  Subject: optional(oneOf(traceSubjects), 'What the step is about.'),
  LogLevel: optional(oneOf(logLevels), 'Steps of this level and more severe ones.', { defaultText: 'trace' }),
  StartTime: optional(dateTime, 'Steps at or after this time.'),
  EndTime: optional(dateTime, 'Steps at or before this time.'),
  MatchAll: optional(switchType, 'Everything that was asked must fit, which is the default.'),
  MatchAny: optional(switchType, 'One of what was asked is enough.'),
};

export const traceName = optional(pattern, 'Traces in files, in place of all and of the memory of the gateway.', {
  pipeline: 'property',
  wildcard: true,
});

export const traceQuestion = (values: Values<typeof traceQuestionParameters>): TraceQuestion => ({
  uri: values.Uri,
  callId: values.CallId,
  correlationId: values.CorrelationId,
  ip: values.Ip,
  component: values.Component,
  subject: values.Subject,
  level: values.LogLevel,
  from: values.StartTime,
  to: values.EndTime,
  matchAny: values.MatchAny,
});
