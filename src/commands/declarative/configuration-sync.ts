/** How a declarative file is planned and applied: what `sync-configuration` does behind its parameters. */

import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { certificateInForce } from '../../config/certificate-assignment.ts';
import type { Configuration } from '../../config/configuration.ts';
import { pascalCase } from '../../config/property-difference.ts';
import {
  type ConfigurationChange,
  configurationChanges,
  countChanges,
  printCount,
} from '../../operations/declarative/configuration-change.ts';
import type { ConfigurationDocument } from '../../operations/declarative/configuration-document.ts';
import { type Declaration, foreignObjects } from '../../operations/declarative/declared-configuration.ts';
import { keptSecrets } from '../../operations/declarative/declared-secrets.ts';
import type { SourceFile } from '../../operations/declarative/document-head.ts';
import type { WantedCertificate } from '../../operations/declarative/document-sections.ts';
import {
  configurationDigest,
  type Plan,
  planStale,
  planTampered,
  printPlan,
  readPlan,
  staleness,
} from '../../operations/declarative/plan-file.ts';
import { plannedChanges, syncedConfiguration } from '../../operations/declarative/synced-configuration.ts';
import { checkOutputFile, writeOutputFile } from '../../operations/output-file.ts';
import { CodedError } from '../../primitives/errors.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import { changeCount, showChanges } from '../reports/shown-changes.ts';
import { discardGoneCredentials, forgottenPasswords } from '../settings/gone-credentials.ts';
import { documentOf, readSourceFiles } from './configuration-files.ts';

export interface SyncOrder {
  readonly sources: readonly SourceFile[];
  readonly document: ConfigurationDocument;
  readonly takeOwnership: boolean;
  readonly prune: boolean;
  /** Throws for a configuration that the order was not made for. */
  guard(current: Configuration): void;
}

export interface SyncFlags {
  readonly TakeOwnership: boolean | undefined;
  readonly Prune: boolean | undefined;
}

/** @throws CodedError `FileNotFound`, `FileNotValid` with every mistake */
export async function orderOf(given: string, flags: SyncFlags, context: CmdletContext): Promise<SyncOrder> {
  const sources = await readSourceFiles(given, context);
  const document = await documentOf(sources, context.store.read());
  return {
    sources,
    document,
    takeOwnership: flags.TakeOwnership === true,
    prune: flags.Prune === true,
    guard: () => undefined,
  };
}

/** @throws CodedError `PlanUnreadable`, `PlanStale` */
export async function orderOfPlan(file: string, flags: SyncFlags, context: CmdletContext): Promise<SyncOrder> {
  const plan = readPlan(file, await context.readInput(file));
  const guard = (current: Configuration): void => {
    const reason = staleness(plan, current);
    if (reason !== undefined) throw planStale(file, plan, reason);
  };
  const current = context.store.read();
  guard(current);
  const document = await documentOf(plan.files, current);
  const { files: sources, takeOwnership } = plan;
  const order = { sources, document, takeOwnership, prune: plan.prune, guard };
  const found = await drySync(order, context);
  // What people looked at is what is done.
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(found)), plan.changes)) throw planTampered(file);
  return { ...order, prune: plan.prune || flags.Prune === true };
}

/** What the order would change, in the configuration of now; keeps nothing. @throws CodedError `OwnershipConflict`, `InvalidValue` */
async function drySync(order: SyncOrder, context: CmdletContext): Promise<readonly ConfigurationChange[]> {
  const current = context.store.read();
  const { desired } = await secretsOf(order, context, true);
  return plannedChanges(current, declarationOf(order, desired));
}

const declarationOf = (
  { document, takeOwnership, prune }: SyncOrder,
  desired: Declaration['desired'],
): Declaration => ({
  owner: document.owner,
  desired,
  takeOwnership,
  prune,
});

const secretsOf = async ({ document }: SyncOrder, context: CmdletContext, dry: boolean) =>
  await keptSecrets(document, context.store.read(), {
    storeFolder: context.store.folder,
    now: context.now(),
    input: context,
    dry,
  });

/** -WhatIf, and -OutPlan with it. */
export async function planSync(
  order: SyncOrder,
  outPlan: string | undefined,
  context: CmdletContext,
): Promise<readonly ConfigurationChange[]> {
  if (outPlan !== undefined) checkOutputFile(outPlan, context.force);
  const changes = await drySync(order, context);
  showChanges(changes, context);
  tellCertificates(order, context);
  context.done(`${order.document.owner}: ${changeCount(changes)}. Nothing was changed.`);
  if (outPlan === undefined) return changes;
  writeOutputFile(outPlan, printPlan(planOf(order, changes, context)), 0o600);
  context.done(`the plan is in ${outPlan}.`);
  return changes;
}

function planOf(order: SyncOrder, changes: readonly ConfigurationChange[], context: CmdletContext): Plan {
  const current = context.store.read();
  return {
    created: context.now().toISOString(),
    owner: order.document.owner,
    takeOwnership: order.takeOwnership,
    prune: order.prune,
    baseRevision: current.revision,
    baseDigest: configurationDigest(current),
    files: order.sources.map(({ file, text }) => ({ file: file === '-' ? file : path.resolve(file), text })),
    changes,
  };
}

/** One revision, or nothing. */
export async function performSync(order: SyncOrder, context: CmdletContext): Promise<void> {
  // What would be refused must not touch a secret.
  const foreseen = (await drySync(order, context)).filter(({ Action }) => order.prune || Action !== 'Remove');
  const secrets = await secretsOf(order, context, false);
  const declaration = declarationOf(order, secrets.desired);
  let isKept = false;
  try {
    const { removed } = countChanges(foreseen);
    const { before, after, changed, withheld } = await context.commit({
      target: order.document.owner,
      apply(current) {
        order.guard(current);
        return syncedConfiguration(current, declaration);
      },
      ...(removed > 0 ? { impact: 'High' as const } : {}),
      consequences: (old, now) => [changeCount(foreseen), ...removedNames(foreseen), ...forgottenPasswords(old, now)],
    });
    isKept = changed;
    if (changed) await discardGoneCredentials(before, after, context);
    if (!withheld) tellDone(order, { before, after }, context);
  } finally {
    if (isKept) secrets.keep();
    else secrets.discard();
  }
}

/** Objects that a question names. */
const maxNamed = 10;

function removedNames(changes: readonly ConfigurationChange[]): readonly string[] {
  const names = changes.filter(({ Action, Property }) => Action === 'Remove' && Property === null);
  if (names.length === 0) return [];
  const more = names.length > maxNamed ? [`and ${names.length - maxNamed} more`] : [];
  return [`removed: ${[...names.slice(0, maxNamed).map(({ Identity }) => Identity), ...more].join(', ')}`];
}

function tellDone(
  order: SyncOrder,
  { before, after }: { readonly before: Configuration; readonly after: Configuration },
  context: CmdletContext,
): void {
  const changes = configurationChanges(before, after);
  showChanges(changes, context);
  tellCertificates(order, context);
  const foreign = foreignObjects(after, order.document);
  if (foreign > 0) {
    context.hint(`${foreign} objects are as the file wants them and are not its own; -TakeOwnership makes them so.`);
  }
  const { owner } = order.document;
  if (changes.length === 0) context.done(`${owner}: nothing to change. Revision ${after.revision}.`);
  else
    context.done(`${owner}: ${printCount(countChanges(changes)).replaceAll('to ', '')}. Revision ${after.revision}.`);
}

/** A file says which certificates must be there; requests are carried to an authority by people. */
function tellCertificates({ document }: SyncOrder, context: CmdletContext): void {
  for (const warning of missingCertificates(document, context.store.read(), context.now())) context.warn(warning);
}

export const missingCertificates = (
  { certificates }: ConfigurationDocument,
  configuration: Configuration,
  now: Date,
): readonly string[] =>
  certificates
    .filter(({ type }) => certificateInForce(configuration, type, now) === undefined)
    .map((wanted) => `no certificate serves ${wanted.type} yet (${wanted.name}): ${requestCommand(wanted)}`);

/** The request that the file describes, as it is made by hand. */
function requestCommand({ type, request }: WantedCertificate): string {
  const words = Object.entries(request).map(([name, value]) => {
    const flag = `-${name === 'ou' ? 'OU' : pascalCase(name)}`;
    if (typeof value === 'boolean') return value ? ` ${flag}` : '';
    return ` ${flag} ${shellWord(Array.isArray(value) ? value.join(',') : String(value))}`;
  });
  return `xgw request-certificate -New -Type ${type}${words.join('')}`;
}

/** -OutPlan without -WhatIf would plan what is done at once. @throws CodedError `ParameterConflict`, `MandatoryParameterMissing` */
export function refuseMixture(
  { Path, Plan, OutPlan }: Readonly<Record<'Path' | 'Plan' | 'OutPlan', string | undefined>>,
  { whatIf }: CmdletContext,
): void {
  if (Path === undefined && Plan === undefined) {
    throw new CodedError('MandatoryParameterMissing', 'neither -Path nor -Plan was given.', {
      fix: 'xgw sync-configuration -Path gateway.yaml -WhatIf',
    });
  }
  if (Path !== undefined && Plan !== undefined) {
    throw new CodedError('ParameterConflict', '-Path and -Plan exclude each other.', {
      reason: 'a plan holds the file that it was made from',
    });
  }
  if (OutPlan !== undefined && (!whatIf || Plan !== undefined)) {
    throw new CodedError('ParameterConflict', '-OutPlan goes with -Path and -WhatIf.', {
      reason: 'a plan is what is looked at before it is applied',
      fix: 'xgw sync-configuration -Path gateway.yaml -WhatIf -OutPlan plan.json',
    });
  }
}
