/** Warning: `399 agent "text"`, for people and for gateways [RFC 3261 §20.43]. */
import type { Headers } from './headers.ts';
import { unquote } from './scan.ts';

export interface Warning {
  /** 300 to 399. */
  readonly code: number;
  /** Host or pseudonym of whoever warns. */
  readonly agent: string;
  readonly text: string;
}

/** Warnings that are looked at. Source: own choice; servers send one. */
const maxWarnings = 8;

const form = /^\s*(3[0-9]{2})\s+([^\s"]{1,255})\s+("(?:[^"\\]|\\[^])*")\s*$/;

/** The warnings that can be read, in their order; at most 8. */
export const sipWarnings = (headers: Headers): readonly Warning[] =>
  headers
    .getAll('Warning')
    .slice(0, maxWarnings)
    .flatMap((value) => {
      const [, code, agent = '', text = ''] = form.exec(value) ?? [];
      return code === undefined ? [] : [{ code: Number(code), agent, text: unquote(text) }];
    });
