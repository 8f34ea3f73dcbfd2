/** A gateway process that a benchmark starts and times. */
import path from 'node:path';

import { cleanEnvironment } from '../support/xgw.ts';
import { type MeasuredProcess, nextMessage, startMeasured } from './load/measured-process.ts';

const program = path.resolve(import.meta.dirname, '..', '..', 'bin', 'xgw');

export interface StartedGateway {
  readonly gateway: MeasuredProcess;
  /** Milliseconds from the start of the process until it said that it is ready. */
  readonly readyMs: number;
}

/** @throws What it says when it does not start. */
export async function startedGateway(home: string): Promise<StartedGateway> {
  const begun = performance.now();
  const gateway = startMeasured([program, 'start-service', '-Foreground'], cleanEnvironment({ XGW_HOME: home }));
  const said = await nextMessage(gateway.child);
  const readyMs = performance.now() - begun;
  if (!('ready' in said)) throw new Error(`the gateway did not start: ${JSON.stringify(said)}`);
  gateway.child.disconnect();
  return { gateway, readyMs };
}
