/** What `sync-configuration` makes of a configuration: as a file declares it, or a refusal that names what is in the way. Pure. */
import type { Configuration } from '../../config/configuration.ts';
import { sectionKinds } from '../../config/file-sections.ts';
import { parseConfiguration, printProblem } from '../../config/parse-configuration.ts';
import { pascalCase } from '../../config/property-difference.ts';
import { CodedError } from '../../primitives/errors.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import { type ConfigurationChange, configurationChanges } from './configuration-change.ts';
import { type Conflict, type Declaration, declaredConfiguration, prunable } from './declared-configuration.ts';

/** Conflicts that a message names. */
const maxNamed = 5;

/** @throws CodedError `OwnershipConflict`; `InvalidValue` for what the store would refuse */
export function syncedConfiguration(current: Configuration, declaration: Declaration): Configuration {
  const { configuration, conflicts } = declaredConfiguration(current, declaration);
  if (conflicts.length > 0) throw ownershipConflict(conflicts, declaration);
  refuseInvalidConfiguration(configuration);
  return configuration;
}

/** Before a question is asked or a plan is written. @throws CodedError `InvalidValue` */
export function refuseInvalidConfiguration(configuration: Configuration): void {
  const parsed = parseConfiguration(JSON.parse(JSON.stringify(configuration)));
  if (parsed.ok) return;
  throw new CodedError('InvalidValue', 'this would make the configuration invalid; nothing was changed.', {
    reason: parsed.error.slice(0, maxNamed).map(printProblem).join('; '),
    fix: 'xgw test-configuration',
  });
}

function ownershipConflict(conflicts: readonly Conflict[], { owner }: Declaration): CodedError {
  const [first] = conflicts;
  const named = conflicts.slice(0, maxNamed).map(printConflict);
  const more = conflicts.length > maxNamed ? [`and ${conflicts.length - maxNamed} more`] : [];
  const who = `${owner} wants otherwise`;
  const sentence =
    conflicts.length === 1
      ? `one object that ${who} belongs to somebody else.`
      : `${conflicts.length} objects that ${who} belong to somebody else.`;
  return new CodedError('OwnershipConflict', sentence, {
    reason: [...named, ...more].join('; '),
    fix: [
      `xgw get-configurationhistory ${shellWord(first?.identity ?? '')}`,
      'xgw sync-configuration -Path gateway.yaml -TakeOwnership -WhatIf',
    ],
    target: first?.identity,
  });
}

function printConflict({ section, identity, fields, owner }: Conflict): string {
  const whose = owner === undefined ? 'was made by hand' : `belongs to ${owner}`;
  return `${sectionKinds[section]} ${identity} ${whose} (${fields.map(pascalCase).join(', ')})`;
}

/** What a sync changes, and with `-Prune` alone would remove: that is in the list too, and says so. */
export function plannedChanges(current: Configuration, declaration: Declaration): readonly ConfigurationChange[] {
  const changes = configurationChanges(current, syncedConfiguration(current, { ...declaration, prune: false }));
  if (prunable(current, declaration).length === 0) return changes;
  const pruned = configurationChanges(
    current,
    declaredConfiguration(current, { ...declaration, prune: true }).configuration,
  );
  if (declaration.prune) {
    syncedConfiguration(current, declaration);
    return pruned;
  }
  const removals = pruned.filter(({ Action, Property }) => Action === 'Remove' && Property === null);
  return [...changes, ...removals.map((each) => ({ ...each, Consequence: [onlyWithPrune, ...each.Consequence] }))];
}

const onlyWithPrune = 'it stays: only -Prune removes it';
