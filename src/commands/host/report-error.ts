/** Any failure as an error record: what, Reason, Fix, Id. Four views of it; always for standard error. */
import type { CodedError } from '../../primitives/errors.ts';
import { failures } from '../../primitives/failures.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import type { Palette } from './colour.ts';
import { outcomes } from './exit-code.ts';
import { paddedTo, wrapped } from './filled-lines.ts';
import { english, type Localize } from './localized-text.ts';
import { phrases } from './phrases.ts';
import { withoutSecrets } from './secret-words.ts';

export const errorViews = ['Concise', 'Normal', 'Category', 'Json'] as const;
export type ErrorView = (typeof errorViews)[number];

export interface ErrorSource {
  /** `New-XmppFederatedPartner`. */
  readonly cmdlet: string;
  /** What was typed, without `xgw`. */
  readonly typed: string;
  /** Names this run in logs. */
  readonly correlationId: string;
  /** Into the language of whoever reads; absent: English. */
  readonly localize?: Localize;
}

/** @returns Text that ends in a line break. */
export const errorRecord = (error: CodedError, view: ErrorView, source: ErrorSource, palette: Palette): string =>
  linesOf(error, view, source, palette)
    .map((line) => `${line}\n`)
    .join('');

function linesOf(error: CodedError, view: ErrorView, source: ErrorSource, palette: Palette): readonly string[] {
  if (view === 'Json') return [JSON.stringify(jsonRecord(error, source))];
  if (view === 'Category') return [categoryInfo(error, source)];
  const { localize = english } = source;
  const meaning = localizedMeaning(error, localize);
  const what = [
    `${palette.bad(`${source.cmdlet}:`)} ${visibleText(error.message)}`,
    ...(meaning === undefined ? [] : wrapped(meaning, 2)),
  ];
  const place = error.excerpt.map(shown);
  if (view === 'Concise') return [...what, ...place, ...advice(error, localize), idLine(error, source)];
  const shownPlace = place.length > 0 ? place : position(error, source);
  return [...what, ...shownPlace, ...advice(error, localize), ...info(error, source)];
}

/** What the failure means, for a person who reads another language: names and values stand in the message. */
function localizedMeaning({ id }: CodedError, localize: Localize): string | undefined {
  const { meaning } = failures[id];
  const translated = localize(meaning);
  return translated === meaning ? undefined : translated;
}

const shown = (text: string): string => visibleText(withoutSecrets(text));

/** Columns of the labels, the space after them included. */
const labelWidth = 8;

function advice({ reason, fix }: CodedError, localize: Localize): string[] {
  const [first, ...others] = fix.map(shown);
  const labelled = (label: string, text: string): string => `  ${paddedTo(labelWidth, localize(label))}${text}`;
  return [
    ...(reason === undefined ? [] : [labelled(phrases.reason, visibleText(localize(reason)))]),
    ...(first === undefined ? [] : [labelled(phrases.fix, first)]),
    ...others.map((line) => `          ${line}`),
  ];
}

const fullId = ({ id }: CodedError, { cmdlet }: ErrorSource): string => `${id},${cmdlet}`;

const idLine = (error: CodedError, source: ErrorSource): string =>
  `  Id:     ${fullId(error, source).padEnd(52)} (xgw get-help ${error.id})`;

function position({ target }: CodedError, { typed }: ErrorSource): string[] {
  const line = shown(typed);
  const at = target === undefined ? -1 : line.indexOf(target);
  const typedLine = `  + xgw ${line}`;
  return at < 0 ? [typedLine] : [typedLine, `  + ${' '.repeat('xgw '.length + at)}${'~'.repeat(target?.length ?? 1)}`];
}

function info(error: CodedError, source: ErrorSource): string[] {
  const category = `  + CategoryInfo          : ${categoryInfo(error, source)}`;
  return [category, `  + FullyQualifiedErrorId : ${fullId(error, source)}`];
}

const nounOf = (cmdlet: string): string => cmdlet.split('-')[1] ?? cmdlet;

const categoryInfo = (error: CodedError, { cmdlet }: ErrorSource): string =>
  `${outcomes[error.category].category}: (${shown(error.target ?? '')}:${nounOf(cmdlet)}) [${cmdlet}], ${error.id}`;

export const jsonRecord = (error: CodedError, { cmdlet, correlationId, localize = english }: ErrorSource): object => ({
  Kind: 'ErrorRecord',
  Id: error.id,
  Cmdlet: cmdlet,
  Category: outcomes[error.category].category,
  ExitCode: outcomes[error.category].code,
  Target: error.target === undefined ? null : withoutSecrets(error.target),
  Message: error.message,
  ...localizedMessage(localizedMeaning(error, localize)),
  Reason: error.reason ?? null,
  Fix: error.fix.map(withoutSecrets),
  Retryable: outcomes[error.category].retryable ?? false,
  CorrelationId: correlationId,
});

const localizedMessage = (text: string | undefined): object => (text === undefined ? {} : { LocalizedMessage: text });
