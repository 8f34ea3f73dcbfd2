/** One question to the running gateway over its control channel: a method by its name, and plain data both ways. */
import { callControl } from '../../gateway/service/control-channel.ts';
import { runFolder } from '../../store/store-folder.ts';

/** Milliseconds in which a gateway that is well answers what it knows already. */
const answerMs = 5_000;

interface Asking {
  readonly parameter?: unknown;
  /** Milliseconds; absent: as long as what is known already takes. */
  readonly timeoutMs?: number;
}

/** @returns What the method gives, as it arrives: a Date is text by then. @throws CodedError `ServiceNotRunning`, `ServiceTimeout`, and what the gateway throws */
export const askGateway = async <Answer>(
  storeFolder: string,
  method: string,
  { parameter, timeoutMs = answerMs }: Asking = {},
): Promise<Answer> => (await callControl(runFolder(storeFolder), method, { parameter, timeoutMs })) as Answer;
