/**
 * A plan: what a sync would change, kept in a file so that people can look at it before it is applied. It holds the text of the
 * file that it was made from and what the store was then. It is applied once, and only to what it was made for.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

import type { Configuration } from '../../config/configuration.ts';
import { decodedText } from '../../primitives/decoded-text.ts';
import { CodedError } from '../../primitives/errors.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import type { ConfigurationChange } from './configuration-change.ts';
import type { SourceFile } from './document-head.ts';

export interface Plan {
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly owner: string;
  readonly takeOwnership: boolean;
  readonly prune: boolean;
  readonly baseRevision: number;
  /** SHA-256 of the configuration that the plan was made for: another store may have the same number. */
  readonly baseDigest: string;
  /** Absolute paths, and what was in them. */
  readonly files: readonly SourceFile[];
  readonly changes: readonly ConfigurationChange[];
}

const format = 'xgw-plan/v1';

/** Bytes. Ten times the largest file that is read. Source: own choice. */
export const maxPlanBytes = 96 * 1024 * 1024;

export const configurationDigest = (configuration: Configuration): string => sha256(JSON.stringify(configuration));

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Indented: it may be read by people, and kept beside the file. */
export function printPlan(plan: Plan): string {
  const fileSha256 = plan.files.map(({ text }) => sha256(text));
  return `${JSON.stringify({ format, ...plan, fileSha256, digest: digestOf(plan) }, undefined, 2)}\n`;
}

const digestOf = ({ created, owner, takeOwnership, prune, baseRevision, baseDigest, files, changes }: Plan): string =>
  sha256(JSON.stringify([created, owner, takeOwnership, prune, baseRevision, baseDigest, files, changes]));

/** @throws CodedError `PlanUnreadable` */
export function readPlan(file: string, bytes: Uint8Array): Plan {
  const json = parsedJson(bytes);
  if (!isPlan(json) || json.format !== format) throw unreadable(file, 'it is no plan');
  if (json.digest !== digestOf(json)) throw unreadable(file, 'it was altered after it was written');
  return json;
}

function parsedJson(bytes: Uint8Array): unknown {
  if (bytes.length > maxPlanBytes) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

interface WrittenPlan extends Plan {
  readonly format: unknown;
  readonly digest: unknown;
}

/** The digest answers for what is inside the lists: nobody but `printPlan` makes one that fits. */
function isPlan(json: unknown): json is WrittenPlan {
  if (typeof json !== 'object' || json === null) return false;
  const fields = json as Readonly<Record<string, unknown>>;
  const has = (type: string, ...names: readonly string[]): boolean =>
    names.every((name) => typeof fields[name] === type);
  return (
    has('string', 'created', 'owner', 'baseDigest', 'digest') &&
    has('boolean', 'takeOwnership', 'prune') &&
    has('number', 'baseRevision') &&
    Array.isArray(fields['files']) &&
    fields['files'].length > 0 &&
    fields['files'].every(isSourceFile) &&
    Array.isArray(fields['changes'])
  );
}

function isSourceFile(value: unknown): value is SourceFile {
  if (typeof value !== 'object' || value === null) return false;
  const { file, text } = value as Readonly<Record<string, unknown>>;
  return typeof file === 'string' && typeof text === 'string';
}

const unreadable = (file: string, reason: string): CodedError =>
  new CodedError('PlanUnreadable', `${file} cannot be used as a plan.`, {
    reason,
    fix: 'xgw sync-configuration -Path gateway.yaml -WhatIf -OutPlan plan.json',
    target: file,
  });

/** The changes of a plan are those of its file: nobody else's. */
export const planTampered = (file: string): CodedError =>
  unreadable(file, 'the changes in it are not those that its file makes');

/** Why the plan no longer counts, as one clause; undefined while it does. */
export function staleness(plan: Plan, current: Configuration): string | undefined {
  if (current.revision !== plan.baseRevision) return `base ${plan.baseRevision}, store ${current.revision}`;
  if (configurationDigest(current) !== plan.baseDigest)
    return `it was made for another store of revision ${plan.baseRevision}`;
  const changed = plan.files.find(({ file, text }) => file !== '-' && existsSync(file) && differs(file, text));
  return changed === undefined ? undefined : `${changed.file} has changed since`;
}

/** A file that cannot be read here, where the plan is applied, says nothing against it. */
function differs(file: string, text: string): boolean {
  try {
    return decodedText(readFileSync(file)) !== text;
  } catch {
    return false;
  }
}

export function planStale(file: string, { files }: Plan, reason: string): CodedError {
  const source = files[0]?.file ?? 'gateway.yaml';
  return new CodedError('PlanStale', `the plan in ${file} is stale; nothing was changed.`, {
    reason,
    fix: [
      `xgw show-plan ${shellWord(file)}`,
      `xgw sync-configuration -Path ${shellWord(source)} -WhatIf -OutPlan ${shellWord(file)} -Force`,
    ],
    target: file,
  });
}
