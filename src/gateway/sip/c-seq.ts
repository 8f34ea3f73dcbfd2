/** CSeq: the number that orders requests, and the method it belongs to [RFC 3261 §20.16]. */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { isToken } from './scan.ts';

export interface CSeq {
  /** 0 to 2^31 - 1. */
  readonly number: number;
  readonly method: string;
}

/** Source: RFC 3261 §8.1.1.5. */
const maxNumber = 2 ** 31 - 1;

export function parseCSeq(text: string): Result<CSeq, string> {
  const match = /^([0-9]+)[ \t]+(\S+)$/.exec(text.trim());
  if (match === null) return refuse('CSeq is not a number and a method.');
  const [, digits = '', method = ''] = match;
  const number = Number(digits);
  if (number > maxNumber) return refuse('The CSeq number is 2^31 or more.');
  return isToken(method) ? ok({ number, method }) : refuse('The method in CSeq is not a token.');
}

export const printCSeq = (cSeq: CSeq): string => `${cSeq.number} ${cSeq.method}`;
