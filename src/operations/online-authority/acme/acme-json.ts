/** Members of an ACME server's JSON, read strictly: what is not there or of another type is named, and nothing is guessed. */
import { ok, type Result, refuse } from '../../../primitives/result.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** @returns The object, or one clause that says why there is none. */
export function parseJsonObject(bytes: Buffer): Result<JsonObject, string> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isJsonObject(value) ? ok(value) : refuse('it is no JSON object');
  } catch {
    return refuse('it is not JSON');
  }
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const member = (object: JsonObject, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);

/** Characters of any text or URL. */
const maxText = 4096;

export function textOf(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === 'string' && value.length <= maxText ? value : undefined;
}

export const objectOf = (object: JsonObject, name: string): JsonObject => {
  const value = member(object, name);
  return isJsonObject(value) ? value : {};
};

/** @returns undefined for what is no list of at most `most` items. */
export function listOf(object: JsonObject, name: string, most: number): readonly unknown[] | undefined {
  const value = member(object, name);
  return Array.isArray(value) && value.length <= most ? (value as readonly unknown[]) : undefined;
}

export const wordOf = <T extends string>(object: JsonObject, name: string, words: readonly T[]): T | undefined =>
  words.find((word) => word === member(object, name));

export const isTrue = (object: JsonObject, name: string): boolean => member(object, name) === true;

/** Resources of an ACME server are https URLs. [RFC 8555 §6.1] */
export const urlOf = (object: JsonObject, name: string): URL | undefined => httpsUrl(member(object, name));

export function httpsUrl(value: unknown): URL | undefined {
  if (typeof value !== 'string' || value.length > maxText || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? url : undefined;
}
