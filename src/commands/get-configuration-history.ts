/** Get-ConfigurationHistory: who changed what, and when. */
import type { Configuration } from '../config/configuration.ts';
import { configurationDiff, type FieldChange } from '../config/configuration-diff.ts';
import { printValue } from '../config/property-difference.ts';
import { wildcard } from '../operations/wildcard.ts';
import { readRevision, revisionsBackwards } from '../store/configuration-history.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, wholeNumber } from './host/parameters.ts';

/** Revisions that are shown when nobody says how many. Source: the cmdlet catalogue. */
const defaultFirst = 20;

export default defineCmdlet({
  name: 'Get-ConfigurationHistory',
  synopsis: 'Shows the revisions of the configuration, the newest first: who, when, what.',
  description: 'The current revision and the 100 before it are kept.',
  parameters: {
    Identity: optional(pattern, 'Only changes of this object; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      wildcard: true,
    }),
    Since: optional(wholeNumber(0, 2 ** 48), 'Only revisions after this one.'),
    First: optional(wholeNumber(1, 1000), 'How many at most.', { defaultText: String(defaultFirst) }),
  },
  examples: [
    { command: 'get-configurationhistory -First 5', shows: 'The last five changes.' },
    { command: 'get-configurationhistory fabrikam.com', shows: 'What happened to one partner.' },
  ],
  output: { kind: 'ConfigurationRevision', table: ['Revision', 'Time', 'User', 'Cmdlet', 'Summary'] },

  async run({ Identity, Since, First }, context) {
    const isMeant = wildcard(Identity ?? '*');
    let left = First ?? defaultFirst;
    for (const { revision, previous } of changesBackwards(context.store.folder)) {
      if (revision.revision <= (Since ?? 0) || left === 0) return;
      const changes = configurationDiff(previous ?? revision, revision).filter(
        ({ property }) => property !== 'Changed',
      );
      const target = revision.changed?.target ?? '';
      if (!isMeant(target) && !changes.some(({ identity }) => isMeant(identity))) continue;
      left -= 1;
      context.write(revisionObject(revision, target, summary(target, changes, previous)));
    }
  },
});

/** Each revision with the one before it; without, when that is kept no longer. */
function* changesBackwards(
  folder: string,
): Generator<{ revision: Configuration; previous: Configuration | undefined }> {
  let later: Configuration | undefined;
  for (const earlier of revisionsBackwards(folder)) {
    if (later !== undefined) yield { revision: later, previous: earlier };
    later = earlier;
  }
  if (later === undefined || later.revision === 0) return;
  yield { revision: later, previous: later.revision === 1 ? readRevision(folder, 0) : undefined };
}

function revisionObject(revision: Configuration, target: string, words: string) {
  const { time = null, user = '', host = '', cmdlet = null } = revision.changed ?? {};
  return {
    Revision: revision.revision,
    Time: time,
    User: host === '' ? user : `${user}@${host}`,
    Cmdlet: cmdlet,
    Target: target,
    Summary: words,
  };
}

/** Fields that a summary names. */
const maxNamed = 3;

/** `fabrikam.com: TlsNegotiation Required -> Optional` */
function summary(target: string, changes: readonly FieldChange[], previous: Configuration | undefined): string {
  if (previous === undefined) return `${target} (the revision before is kept no longer)`;
  const isGone = changes.length > 0 && changes.every(({ action, property }) => action === 'Remove' && !property);
  if (isGone) return `${target} removed`;
  if (changes.some(({ identity }) => identity === target) && !isIn(previous, target)) return `${target} created`;
  const words = changes.slice(0, maxNamed).map(wordsOf);
  const more = changes.length > maxNamed ? [`and ${changes.length - maxNamed} more`] : [];
  return `${target}: ${[...words, ...more].join(', ')}`;
}

const isIn = (configuration: Configuration, identity: string): boolean =>
  identity === 'Global' ||
  [
    configuration.sipDomains,
    configuration.sipRoutes,
    configuration.federatedPartners,
    configuration.users,
    configuration.externalAccessPolicies,
    configuration.certificates,
    configuration.certificateRequests,
  ].some((objects) => Object.hasOwn(objects, identity));

/** Names of files and times of secrets mean nothing to a person. */
const secrets = new Map([
  ['Credential', 'password changed'],
  ['DialbackPassphraseTime', 'dialback secret changed'],
]);

function wordsOf({ action, property, before, after, identity }: FieldChange): string {
  if (property === undefined) return `${identity} removed`;
  const secret = secrets.get(property);
  if (secret !== undefined) return secret;
  if (action === 'Add') return `${property} + ${printValue(after)}`;
  if (action === 'Remove') return `${property} - ${printValue(before)}`;
  return `${property} ${printValue(before)} -> ${printValue(after)}`;
}
