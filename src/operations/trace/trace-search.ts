/** Which steps somebody looks for, in the words of Search-CsClsLogging: all that was asked must fit, or any of it. */
import { type LogLevel, logLevels } from '../../primitives/log-event.ts';
import type { TraceStep } from '../../primitives/trace-step.ts';

export interface TraceQuestion {
  /** Part of an address of either end. */
  readonly uri?: string | undefined;
  readonly callId?: string | undefined;
  readonly correlationId?: string | undefined;
  /** Address of a peer, with or without its port. */
  readonly ip?: string | undefined;
  readonly component?: string | undefined;
  readonly subject?: string | undefined;
  /** Steps of this level and more severe ones. */
  readonly level?: LogLevel | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** One of the above is enough; the times hold in any case. */
  readonly matchAny?: boolean | undefined;
}

export function searchSteps(steps: readonly TraceStep[], question: TraceQuestion): readonly TraceStep[] {
  const tests = testsOf(question);
  const fits = (step: TraceStep): boolean => {
    if (tests.length === 0) return true;
    return question.matchAny === true ? tests.some((test) => test(step)) : tests.every((test) => test(step));
  };
  return steps.filter((step) => isWithin(step, question) && fits(step));
}

const isWithin = ({ time }: TraceStep, { from, to }: TraceQuestion): boolean =>
  (from === undefined || time >= from.toISOString()) && (to === undefined || time <= to.toISOString());

type Test = (step: TraceStep) => boolean;

function testsOf({ uri, callId, correlationId, ip, component, subject, level }: TraceQuestion): readonly Test[] {
  const tests: (Test | undefined)[] = [
    uri === undefined ? undefined : (step) => [step.from, step.to, step.peer].some((each) => holds(each, uri)),
    callId === undefined ? undefined : ({ exchange }) => exchange?.split(' ')[0] === callId,
    correlationId === undefined ? undefined : (step) => step.correlationId === correlationId,
    ip === undefined ? undefined : ({ peerAddress }) => peerAddress === ip || hostOf(peerAddress) === ip,
    component === undefined ? undefined : (step) => step.component === component,
    subject === undefined ? undefined : (step) => step.subject === subject,
    level === undefined ? undefined : (step) => logLevels.indexOf(step.level) <= logLevels.indexOf(level),
  ];
  return tests.filter((test) => test !== undefined);
}

const holds = (text: string | undefined, part: string): boolean =>
  text?.toLowerCase().includes(part.toLowerCase()) ?? false;

const hostOf = (address: string | undefined): string | undefined =>
  address?.slice(0, address.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');
