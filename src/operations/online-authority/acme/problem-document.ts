/** An ACME server's "no": a problem document, its type and its words. [RFC 8555 §6.7, RFC 9457 §3] */
import { visibleText } from '../../../primitives/visible-text.ts';
import type { HttpsAnswer } from '../https-exchange.ts';
import { isJsonObject, type JsonObject, listOf, objectOf, parseJsonObject, textOf } from './acme-json.ts';

export interface Problem {
  /** `badNonce`, `unauthorized`; another type than ACME's as it is; empty: none was given. */
  readonly type: string;
  /** In the words of the server, made safe to show. */
  readonly detail: string;
  readonly subproblems: readonly Subproblem[];
}

/** What is wrong with one of several names. [RFC 8555 §6.7.1] */
export interface Subproblem extends Omit<Problem, 'subproblems'> {
  readonly name: string;
}

const prefix = 'urn:ietf:params:acme:error:';
/** Characters of a server's words that are shown. */
const maxWords = 500;
const maxSubproblems = 20;
/** More of them hide nothing that matters in an error message. */
const consideredSubproblems = 10_000;

const words = (text: string): string => visibleText(text.replaceAll(/\s+/g, ' ').trim().slice(0, maxWords));

/** Whatever the body is, something can be said of it. */
export function problemOf({ status, body }: HttpsAnswer): Problem {
  const read = parseJsonObject(body);
  return read.ok ? readProblem(read.value, status) : { type: '', detail: `it answers ${status}`, subproblems: [] };
}

export function readProblem(object: JsonObject, status?: number): Problem {
  const subproblems = (listOf(object, 'subproblems', consideredSubproblems) ?? []).filter(isJsonObject);
  return {
    ...typeAndDetail(object, status),
    subproblems: subproblems.slice(0, maxSubproblems).map((sub) => ({
      ...typeAndDetail(sub),
      name: words(textOf(objectOf(sub, 'identifier'), 'value') ?? ''),
    })),
  };
}

function typeAndDetail(object: JsonObject, status?: number): Omit<Problem, 'subproblems'> {
  const type = textOf(object, 'type') ?? '';
  const detail = textOf(object, 'detail') ?? (status === undefined ? 'no reason is given' : `it answers ${status}`);
  return { type: words(type.startsWith(prefix) ? type.slice(prefix.length) : type), detail: words(detail) };
}

/** `unauthorized: "Invalid response ..."; sip.contoso.com: caa: "..."` */
export function printProblem({ subproblems, ...problem }: Problem): string {
  const details = subproblems.map(({ name, ...sub }) => `${name === '' ? '' : `${name}: `}${printOne(sub)}`);
  return [printOne(problem), ...details].join('; ');
}

const printOne = ({ type, detail }: Omit<Problem, 'subproblems'>): string =>
  type === '' ? detail : `${type}: "${detail}"`;
