/**
 * The header section of a message: an ordered, immutable list of fields. Names compare without case and compact forms
 * are their long names [RFC 3261 §7.3.1, §7.3.3]; unknown fields keep their spelling and their place.
 */
import { isToken, splitAtCommas } from './scan.ts';

export type HeaderField = readonly [name: string, value: string];

/** Compact form to long name. Source: IANA "SIP Compact Forms"; the RFC that defines each header. */
const longNames: ReadonlyMap<string, string> = new Map([
  ['a', 'Accept-Contact'],
  ['b', 'Referred-By'],
  ['c', 'Content-Type'],
  ['d', 'Request-Disposition'],
  ['e', 'Content-Encoding'],
  ['f', 'From'],
  ['i', 'Call-ID'],
  ['j', 'Reject-Contact'],
  ['k', 'Supported'],
  ['l', 'Content-Length'],
  ['m', 'Contact'],
  ['n', 'Identity-Info'],
  ['o', 'Event'],
  ['r', 'Refer-To'],
  ['s', 'Subject'],
  ['t', 'To'],
  ['u', 'Allow-Events'],
  ['v', 'Via'],
  ['x', 'Session-Expires'],
  ['y', 'Identity'],
]);

/** Headers whose grammar is a comma-separated list. A comma in any other header is text (Date, WWW-Authenticate, Subject). */
const listHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-contact',
  'accept-encoding',
  'accept-language',
  'alert-info',
  'allow',
  'allow-events',
  'call-info',
  'contact',
  'content-encoding',
  'content-language',
  'error-info',
  'history-info',
  'in-reply-to',
  'p-asserted-identity',
  'p-associated-uri',
  'p-preferred-identity',
  'path',
  'proxy-require',
  'reason',
  'record-route',
  'reject-contact',
  'require',
  'route',
  'service-route',
  'supported',
  'unsupported',
  'via',
  'warning',
]);

/** Names as nearly everybody spells them, to their keys: most look-ups end here. */
const usualKeys: ReadonlyMap<string, string> = new Map(
  [
    ...longNames.values(),
    'Accept',
    'Allow',
    'Authorization',
    'CSeq',
    'Date',
    'Expires',
    'Max-Forwards',
    'P-Asserted-Identity',
    'Proxy-Require',
    'Record-Route',
    'Require',
    'Route',
    'Server',
    'User-Agent',
  ].map((name) => [name, name.toLowerCase()]),
);

/** The name every comparison uses: long form, lower case. */
export const headerKey = (name: string): string => usualKeys.get(name) ?? expandHeaderName(name).toLowerCase();
const expandHeaderName = (name: string): string =>
  name.length === 1 ? (longNames.get(name.toLowerCase()) ?? name) : name;
export const isHeaderName = (name: string): boolean => usualKeys.has(name) || isToken(name);

interface Reading {
  readonly parse: unknown;
  readonly name: string;
  readonly value: unknown;
}

export class Headers {
  static readonly empty = new Headers([]);
  readonly #fields: readonly HeaderField[];
  /** The key of each field. Fields are few, so a look along the keys costs less than an index would. */
  readonly #keys: readonly string[];
  /** Typed values by parser and name, kept by `read`. */
  #readings: Reading[] | undefined;

  private constructor(
    fields: readonly HeaderField[],
    keys: readonly string[] = fields.map(([name]) => headerKey(name)),
  ) {
    this.#fields = fields;
    this.#keys = keys;
  }

  /** Compact names become long ones. Values are taken as they are; the writer refuses line ends in them. */
  static of(fields: Iterable<HeaderField>): Headers {
    const long: HeaderField[] = [];
    const keys: string[] = [];
    for (const field of fields) {
      const [name, value] = field;
      long.push(name.length === 1 ? [expandHeaderName(name), value] : field);
      keys.push(headerKey(name));
    }
    return new Headers(long, keys);
  }

  get fields(): readonly HeaderField[] {
    return this.#fields;
  }

  /** The first field of this name: its first element for a list header, else the whole value. */
  get(name: string): string | undefined {
    const key = headerKey(name);
    const first = this.#fields[this.#keys.indexOf(key)]?.[1];
    const isWhole = first === undefined || !listHeaders.has(key) || (first !== '' && !first.includes(','));
    return isWhole ? first : this.getAll(name)[0];
  }

  /** Every value in order. The lists of list headers are split at their commas; all other values are whole. */
  getAll(name: string): readonly string[] {
    const key = headerKey(name);
    const isList = listHeaders.has(key);
    const values: string[] = [];
    for (let at = this.#keys.indexOf(key); at >= 0; at = this.#keys.indexOf(key, at + 1)) {
      const value = this.#fields[at]?.[1] ?? '';
      if (isList) for (const element of splitAtCommas(value)) values.push(element);
      else values.push(value);
    }
    return values;
  }

  /** `get` as `parse` reads it, '' when there is none. Headers never change, so each value is read once. */
  read<Value>(name: string, parse: (text: string) => Value): Value {
    this.#readings ??= [];
    for (const known of this.#readings) if (known.parse === parse && known.name === name) return known.value as Value;
    const value = parse(this.get(name) ?? '');
    this.#readings.push({ parse, name, value });
    return value;
  }

  /** The first of these keys that has more than one field. */
  repeated(keys: ReadonlySet<string>): string | undefined {
    const seen = new Set<string>();
    return this.#keys.find((key) => keys.has(key) && seen.size === seen.add(key).size);
  }

  has(name: string): boolean {
    return this.#keys.includes(headerKey(name));
  }

  /** This field instead of all of its name, in the place of the first of them; at the end when there was none. */
  with(name: string, value: string): Headers {
    return this.has(name) ? this.withAll(name, [value]) : this.append(name, value);
  }

  /** One more field at the end. */
  append(name: string, value: string): Headers {
    return new Headers([...this.#fields, [expandHeaderName(name), value]], [...this.#keys, headerKey(name)]);
  }

  /** One more field at the top, where Via, Route and Record-Route are read first [RFC 3261 §7.3.1]. */
  prepend(name: string, value: string): Headers {
    return new Headers([[expandHeaderName(name), value], ...this.#fields], [headerKey(name), ...this.#keys]);
  }

  without(name: string): Headers {
    const key = headerKey(name);
    return new Headers(this.#fields.filter((_field, at) => this.#keys[at] !== key));
  }

  /** All fields of this name replaced by one field a value, in the place of the first. An empty list removes them. */
  withAll(name: string, values: readonly string[]): Headers {
    const others = this.without(name).#fields;
    const first = this.#keys.indexOf(headerKey(name));
    const place = first < 0 ? others.length : first;
    const added = values.map((value) => [expandHeaderName(name), value] as const);
    return new Headers([...others.slice(0, place), ...added, ...others.slice(place)]);
  }
}
