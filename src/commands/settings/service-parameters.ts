/** What the cmdlets of the service have in common: its name, how long they wait, and what a person may say meanwhile. */
import { serviceName } from '../../operations/service/service-state.ts';
import { optional, switchType, text, wholeNumber } from '../host/parameters.ts';
import { reportFile } from '../reports/report-file.ts';

/** Milliseconds. Source: the cmdlet catalogue. */
export const serviceTimeoutMs = 60_000;
/** Seconds that what is under way may take before a stop. Source: own choice, half of what the whole stop may take. */
export const defaultDrainSeconds = 30;
/** Seconds. */
const maxDrainSeconds = 3600;

export const nameParameter = {
  Name: optional(text, `The service. There is one, ${serviceName}.`, { position: 0, pipeline: 'both' }),
};

/** @param purpose - What it is the time for. */
export const drainParameter = (purpose: string) => ({
  DrainTimeout: optional(wholeNumber(0, maxDrainSeconds), `Seconds that ${purpose} waits for what is under way.`, {
    defaultText: String(defaultDrainSeconds),
  }),
});

export const reportParameter = {
  Report: optional(reportFile, 'File for a report; it ends in .html, .md or .json.'),
};

export const gracefulParameter = {
  Graceful: optional(
    switchType,
    'Takes nothing new and finishes what is under way before the streams are closed. Ctrl-C twice ends the waiting.',
  ),
};

/** @param graceful - Whether what is under way may take any time. @returns Milliseconds. */
export const drainMsOf = (graceful: boolean | undefined, seconds: number | undefined): number =>
  graceful ? (seconds ?? defaultDrainSeconds) * 1000 : 0;
