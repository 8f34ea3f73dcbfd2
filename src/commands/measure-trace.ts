/** Measure-Trace: how long messages took, by partner and direction, and what was refused. */
import { failuresOf, figuresOf, type TraceFigures } from '../operations/trace/trace-figures.ts';
import { searchSteps } from '../operations/trace/trace-search.ts';
import { allSteps } from '../operations/trace/trace-source.ts';
import { defineCmdlet, type OutputObject } from './host/cmdlet.ts';
import { traceName, traceQuestion, traceQuestionParameters } from './settings/trace-parameters.ts';

export default defineCmdlet({
  name: 'Measure-Trace',
  synopsis: 'Counts the messages of the traces: how long they took, by partner and direction, and what failed.',
  description:
    'Latency is from the arrival of a message to the word of the other side, milliseconds. Figures come from what the running gateway has in memory and from traces in files.',
  parameters: { ...traceQuestionParameters, Name: traceName },
  examples: [
    { command: 'measure-trace', shows: 'Everything that is there.' },
    { command: 'measure-trace -Uri fabrikam.com', shows: 'One partner.' },
  ],
  output: {
    kind: 'TraceMeasure',
    table: ['Partner', 'Direction', 'Result', 'Messages', 'P50Ms', 'P95Ms', 'MaximumMs', 'Detail'],
  },
  accepts: ['Trace'],

  async run({ Name, ...question }, context) {
    const steps = searchSteps(await allSteps(context.store.folder, Name), traceQuestion(question));
    for (const figures of figuresOf(steps)) context.write(deliveredObject(figures));
    for (const { event, partner, count, last } of failuresOf(steps)) {
      context.write({ ...none, Partner: partner, Direction: null, Result: event, Messages: count, Detail: last });
    }
  },
});

const none = { P50Ms: null, P95Ms: null, P99Ms: null, MaximumMs: null, Histogram: [] } as const;

const deliveredObject = (figures: TraceFigures): OutputObject => ({
  Partner: figures.partner,
  Direction: figures.direction,
  Result: 'Delivered',
  Messages: figures.delivered,
  P50Ms: figures.p50Ms ?? null,
  P95Ms: figures.p95Ms ?? null,
  P99Ms: figures.p99Ms ?? null,
  MaximumMs: figures.maxMs ?? null,
  Histogram: figures.histogram.map(({ upToMs, count }) => ({
    UpToMs: Number.isFinite(upToMs) ? upToMs : null,
    Count: count,
  })),
  Detail: figures.histogram
    .map(({ upToMs, count }) => `${Number.isFinite(upToMs) ? `<=${upToMs}` : 'more'}: ${count}`)
    .join(', '),
});
