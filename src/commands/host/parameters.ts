/**
 * The words a definition is made of: `mandatory`, `optional`, and the types of values. A type knows how its text is read
 * and says in one sentence why a text is refused; it knows neither the parameter nor the cmdlet.
 */
import { parseHostWithPort } from '../../config/network-address.ts';
import { parseUserIdentity } from '../../config/user-identity.ts';
import { type DomainName, parseDomainName } from '../../primitives/domain-name.ts';
import type { FailureId } from '../../primitives/failures.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { booleanOf } from './boolean-word.ts';
import type { Parameter, ValueType } from './cmdlet.ts';
import { type ListChange, readList, readListChange, wreckageOf } from './list-change.ts';

type More = Partial<Omit<Parameter<unknown>, 'type' | 'help' | 'mandatory'>>;

/** Asked for on a terminal, and a failure elsewhere, when it is not given. */
export const mandatory = <T>(type: ValueType<T>, help: string, more: More = {}): Parameter<T> => ({
  ...more,
  type,
  help,
  mandatory: true,
});

/** `undefined` when it is not given, switches too. */
export const optional = <T>(type: ValueType<T>, help: string, more: More = {}): Parameter<T | undefined> => ({
  ...more,
  type,
  help,
  mandatory: false,
});

/** Any text; one matching pair of quotes around it is gone already. */
export const text: ValueType<string> = { name: 'String', kind: 'value', parse: (given) => ok(given) };

/** Text of a limited length, in characters. */
export const textUpTo = (most: number): ValueType<string> => ({
  name: 'String',
  kind: 'value',
  refusal: () => 'InvalidValue',
  parse: (given) =>
    given.length <= most ? ok(given) : refuse(`${given.length} characters are too many; ${most} are allowed.`),
});

/** A path as given; the operation decides what must exist. `-` is standard input or output. */
export const path: ValueType<string> = {
  name: 'Path',
  kind: 'value',
  parse: (given) => (given === '' ? refuse('an empty path names no file.') : ok(given)),
};

/** A name that may hold `*`, `?` and `[]`, or be a plain one: for parameters with `wildcard`. */
export const pattern: ValueType<string> = { ...text, name: 'String' };

function parseBoolean(given: string): Result<boolean, string> {
  const value = booleanOf(given);
  return value === undefined ? refuse(`"${given}" is neither true nor false.`) : ok(value);
}

/** True when it stands there alone; `-X:false` and `--no-x` are false. */
export const switchType: ValueType<boolean> = { name: 'Switch', kind: 'switch', parse: parseBoolean };

/** Needs its value: a bare `-X` may be what a shell left of `-X $false`, and guessing would do the opposite. */
export const bool: ValueType<boolean> = {
  name: 'Bool',
  kind: 'bool',
  values: ['true', 'false'],
  parse: parseBoolean,
};

const bare = (word: string): string => word.toLowerCase().replaceAll(/[-_ ]/g, '');

/** One of the listed words, in any case, without regard to hyphens and spaces, and by unique prefix. */
export function oneOf<const T extends string>(values: readonly T[], name = values.join('|')): ValueType<T> {
  return {
    name,
    kind: 'value',
    values,
    parse(given) {
      const wanted = bare(given);
      const exact = values.find((value) => bare(value) === wanted);
      if (exact !== undefined) return ok(exact);
      const fitting = wanted === '' ? [] : values.filter((value) => bare(value).startsWith(wanted));
      const [only] = fitting;
      if (only !== undefined && fitting.length === 1) return ok(only);
      const fits = fitting.length > 1 ? `"${given}" fits ${fitting.join(' and ')}` : `"${given}" is none of the values`;
      return refuse(`${fits}; the values are ${values.join(', ')}.`);
    },
  };
}

/** A whole number in decimal digits, both limits included. Not a number is a usage error, out of range an invalid value. */
export function wholeNumber(least: number, most: number): ValueType<number> {
  const isNumber = (given: string): boolean => /^-?[0-9]{1,15}$/.test(given);
  return {
    name: least < 0 ? 'Int' : 'UInt',
    kind: 'value',
    refusal: (given): FailureId => (isNumber(given) ? 'InvalidValue' : 'CannotConvertArgument'),
    parse(given) {
      if (!isNumber(given)) return refuse(`"${given}" is not a whole number.`);
      const value = Number(given);
      return value >= least && value <= most ? ok(value) : refuse(`${given} is not between ${least} and ${most}.`);
    },
  };
}

/** A time span as `seconds` or `hh:mm:ss`, at most a year. The value is milliseconds. */
export const duration: ValueType<number> = {
  name: 'Duration',
  kind: 'value',
  parse(given) {
    const parts = /^(?:(?:([0-9]{1,4}):)?([0-9]{1,2}):)?([0-9]{1,8}(?:\.[0-9]{1,3})?)$/.exec(given);
    if (!parts) return refuse(`"${given}" is no time span; write seconds, or hh:mm:ss.`);
    const [, hours = '0', minutes = '0', seconds = '0'] = parts;
    const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
    return ms <= 366 * 86_400_000 ? ok(Math.round(ms)) : refuse(`${given} is longer than a year.`);
  },
};

/** A point in time: ISO 8601, with or without a time and a zone; without a zone it is local. */
export const dateTime: ValueType<Date> = {
  name: 'DateTime',
  kind: 'value',
  parse(given) {
    const isIso =
      /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$/;
    const time = new Date(given.length === 10 ? `${given}T00:00` : given.replace(' ', 'T'));
    return isIso.test(given) && !Number.isNaN(time.getTime())
      ? ok(time)
      : refuse(`"${given}" is no time; write 2026-11-22T09:30.`);
  },
};

/** A domain name, as A-labels in lower case. */
export const domainName: ValueType<DomainName> = {
  name: 'Domain',
  kind: 'value',
  refusal: () => 'InvalidDomain',
  parse: (given) => parseDomainName(given.trim()),
};

/** A host with an optional port: `xmpp.fabrikam.com`, `192.0.2.1:5269`, `[2001:db8::1]:5269`. */
export const domainOrHostWithPort: ValueType<string> = {
  name: 'Host[:Port]',
  kind: 'value',
  refusal: () => 'InvalidDomain',
  parse(given) {
    const parsed = parseHostWithPort(given.trim());
    if (!parsed.ok) return parsed;
    const { host, port } = parsed.value;
    const shown = host.includes(':') ? `[${host}]` : host;
    return ok(port === undefined ? shown : `${shown}:${port}`);
  },
};

/** A user's address as `sip:user@domain`. */
export const sipAddress: ValueType<string> = {
  name: 'SipAddress',
  kind: 'value',
  refusal: () => 'InvalidAddress',
  parse: parseUserIdentity,
};

/** `null` for `$null` and the empty text, which in a set- cmdlet remove the value; otherwise the type's own value. */
export const clearable = <T>(type: ValueType<T>): ValueType<T | null> => ({
  ...type,
  name: `${type.name}|$null`,
  parse: (given) => (given === '' || given.toLowerCase() === '$null' ? ok(null) : type.parse(given)),
});

/** Several values, without duplicates. `$null`, `@()` and the empty text are the empty list. */
export const listOf = <T>(type: ValueType<T>): ValueType<readonly T[]> => ({
  ...listType(type, (given) => readList(given)),
  name: `List<${type.name}>`,
  parse(given) {
    const broken = wreckageOf(given);
    return broken ? refuse(broken.sentence) : parseEach(readList(given), type);
  },
});

/** A change of a list: a plain one replaces; `@{Add=..;Remove=..}` and `+x,-y` add and remove; `$null` and `''` empty it. */
export const listChange = <T>(type: ValueType<T>): ValueType<ListChange<T>> => ({
  ...listType(type, changedItems),
  name: `ListChange<${type.name}>`,
  parse(given) {
    const broken = wreckageOf(given);
    if (broken) return refuse(broken.sentence);
    const change = readListChange(given, (word) => type.parse(word).ok);
    if (!change.ok) return change;
    const replace = parseEach(change.value.replace ?? [], type);
    const add = parseEach(change.value.add, type);
    const remove = parseEach(change.value.remove, type);
    if (!replace.ok) return replace;
    if (!add.ok) return add;
    if (!remove.ok) return remove;
    const both = { add: add.value, remove: remove.value };
    return ok(change.value.replace ? { ...both, replace: replace.value } : both);
  },
});

function changedItems(given: string): readonly string[] {
  const change = readListChange(given);
  return change.ok ? [...(change.value.replace ?? []), ...change.value.add, ...change.value.remove] : [];
}

/** What both kinds of lists share: words to complete, and the name of a refusal, which is that of the first refused item. */
const listType = (type: ValueType<unknown>, itemsIn: (given: string) => readonly string[]) => ({
  kind: 'list' as const,
  ...(type.values ? { values: type.values } : {}),
  refusal(given: string): FailureId {
    const refused = itemsIn(given).find((item) => !type.parse(item).ok);
    const ofItem = refused === undefined ? undefined : type.refusal?.(refused);
    return wreckageOf(given)?.id ?? ofItem ?? 'CannotConvertArgument';
  },
});

function parseEach<T>(items: readonly string[], type: ValueType<T>): Result<readonly T[], string> {
  const values = new Map<string, T>();
  for (const item of items) {
    const parsed = type.parse(item);
    if (!parsed.ok) return parsed;
    const key = String(parsed.value).toLowerCase();
    if (!values.has(key)) values.set(key, parsed.value);
  }
  return ok([...values.values()]);
}
