import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration, partnerDefaults } from '../../src/config/defaults.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { CodedError } from '../../src/primitives/errors.ts';
import { writeWithConf } from '../../src/store/conf-writer.ts';
import type { Change, ConfigStore } from '../../src/store/config-store.ts';
import { keptRevisionNumbers, readRevision, revisionsBackwards } from '../../src/store/configuration-history.ts';
import { openConfigStore } from '../../src/store/open-config-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: string;
let store: ConfigStore;

beforeEach(() => {
  folder = path.join(temporaryFolder(), 'store');
  store = openConfigStore(folder, { author: { user: 'ops', host: 'edge01' } });
});

const storeFile = (): string => path.join(folder, 'store.json');
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

const change = (apply: (current: Configuration) => Configuration, more: Partial<Change> = {}): Change => ({
  cmdlet: 'Set-Test',
  target: 'test',
  lockTimeoutMs: 5000,
  apply,
  ...more,
});

const withPartner = (domain: string, description = ''): Change =>
  change(
    (current) => {
      const partner = { ...partnerDefaults, identity: domain as DomainName, description };
      return { ...current, federatedPartners: { ...current.federatedPartners, [domain]: partner } };
    },
    { cmdlet: 'New-XmppFederatedPartner', target: domain },
  );

async function failureOf(work: () => unknown): Promise<CodedError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

describe('a store that does not exist', () => {
  it('reads as the empty configuration and stays absent', () => {
    expect(store.read()).toEqual(emptyConfiguration);
    expect(existsSync(folder)).toBe(false);
  });

  it('is made by the first change: folder for the owner only, file 0600, revision 1', async () => {
    const { changed, after } = await store.update(withPartner('fabrikam.com'));
    expect({ changed, revision: after.revision }).toEqual({ changed: true, revision: 1 });
    expect([modeOf(folder), modeOf(storeFile()), modeOf(path.join(folder, '.lock'))]).toEqual(['700', '600', '600']);
    expect(store.read()).toEqual(after);
  });

  it('is made safe in an empty folder that others can enter, and left alone in one with content', async () => {
    mkdirSync(folder, { mode: 0o755 });
    await store.update(withPartner('fabrikam.com'));
    expect(modeOf(folder)).toBe('700');
    chmodSync(folder, 0o750);
    await store.update(withPartner('contoso.org'));
    expect(modeOf(folder)).toBe('750');
  });
});

describe('a change', () => {
  it('is stamped with who, where, when and what, on the revision and on the object it changed only', async () => {
    await store.update(withPartner('fabrikam.com'));
    const { after } = await store.update(withPartner('contoso.org'));
    expect(after.changed).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      user: 'ops',
      host: 'edge01',
      cmdlet: 'New-XmppFederatedPartner',
      target: 'contoso.org',
    });
    expect(after.federatedPartners['fabrikam.com']?.changed?.revision).toBe(1);
    expect(after.federatedPartners['contoso.org']?.changed?.revision).toBe(2);
  });

  it('that changes nothing makes no revision and writes nothing', async () => {
    await store.update(withPartner('fabrikam.com'));
    const before = statSync(storeFile());
    const { changed } = await store.update(withPartner('fabrikam.com'));
    expect(changed).toBe(false);
    expect(statSync(storeFile()).ino).toBe(before.ino);
    expect(keptRevisionNumbers(folder)).toEqual([]);
  });

  it('that throws leaves the store as it was, and free for the next', async () => {
    await store.update(withPartner('fabrikam.com'));
    const text = readFileSync(storeFile(), 'utf8');
    const refusal = new CodedError('ObjectInUse', 'no.');
    const refuse = (): Configuration => {
      throw refusal;
    };
    expect(await failureOf(() => store.update(change(refuse)))).toBe(refusal);
    expect(readFileSync(storeFile(), 'utf8')).toBe(text);
    expect((await store.update(withPartner('contoso.org'))).changed).toBe(true);
  });

  it('that would make the configuration invalid is refused with the field, and nothing is written', async () => {
    const error = await failureOf(() =>
      store.update(change((current) => ({ ...current, externalAccessPolicies: {} }))),
    );
    expect(error.id).toBe('InvalidValue');
    expect(error.reason).toBe('externalAccessPolicies/Global is missing');
    expect(existsSync(storeFile())).toBe(false);
  });

  it('demanding another revision is refused and names the last change', async () => {
    await store.update(withPartner('fabrikam.com'));
    const error = await failureOf(() => store.update({ ...withPartner('contoso.org'), ifRevision: 0 }));
    expect(error.id).toBe('RevisionConflict');
    expect(error.reason).toContain('New-XmppFederatedPartner by ops@edge01');
  });

  it('keeps a domain as one name, whatever its dots', async () => {
    await store.update(withPartner('a.b.fabrikam.com'));
    const written = JSON.parse(readFileSync(storeFile(), 'utf8')) as { federatedPartners: object };
    expect(Object.keys(written.federatedPartners)).toEqual(['a.b.fabrikam.com']);
  });

  it('is atomic inside a snap too: readers keep the old file open whole', async () => {
    process.env['SNAP'] = '/snap/xgw/1';
    try {
      await store.update(withPartner('fabrikam.com'));
      const before = statSync(storeFile()).ino;
      await store.update(withPartner('contoso.org'));
      expect(statSync(storeFile()).ino).not.toBe(before);
      expect(process.env['SNAP']).toBe('/snap/xgw/1');
    } finally {
      delete process.env['SNAP'];
    }
  });

  it('removes what a killed writer left behind', async () => {
    await store.update(withPartner('fabrikam.com'));
    writeFileSync(path.join(folder, 'store.next.json'), '{"torn');
    writeFileSync(path.join(folder, 'store.next.json.tmp-12345abc'), '{"torn');
    await store.update(withPartner('contoso.org'));
    expect(readdirSync(folder).toSorted()).toEqual(['.lock', 'revisions', 'store.json']);
  });
});

describe('a store of an earlier version', () => {
  /** As that version wrote it: without settings that are newer. */
  async function writeOlder(): Promise<string> {
    await store.update(withPartner('fabrikam.com'));
    const written = JSON.parse(readFileSync(storeFile(), 'utf8')) as Record<string, Record<string, unknown>>;
    for (const newer of ['partnerConnectionLimit', 'maximumBytesPerSecond', 'maximumStanzasPerSecond'])
      delete written['gateway']?.[newer];
    const text = JSON.stringify(written, undefined, '\t');
    writeFileSync(storeFile(), text);
    return text;
  }

  it('is read with the defaults of what it does not say, and its file stays as it is', async () => {
    const text = await writeOlder();
    expect(store.read().gateway).toEqual(emptyConfiguration.gateway);
    expect((await store.update(withPartner('fabrikam.com'))).changed).toBe(false);
    expect(readFileSync(storeFile(), 'utf8')).toBe(text);
  });

  it('says everything after the next change, and only that change is in the history', async () => {
    const text = await writeOlder();
    await store.update(withPartner('contoso.org'));
    expect(JSON.parse(readFileSync(storeFile(), 'utf8'))).toMatchObject({ gateway: emptyConfiguration.gateway });
    expect(readFileSync(path.join(folder, 'revisions', '000001.json'), 'utf8')).toBe(text);
    expect(readRevision(folder, 1).gateway).toEqual(emptyConfiguration.gateway);
  });
});

describe('the history', () => {
  it('holds every former revision, byte for byte, under its number', async () => {
    await store.update(withPartner('fabrikam.com'));
    const first = readFileSync(storeFile(), 'utf8');
    await store.update(withPartner('contoso.org'));
    expect(readFileSync(path.join(folder, 'revisions', '000001.json'), 'utf8')).toBe(first);
    expect(modeOf(path.join(folder, 'revisions'))).toBe('700');
    expect(modeOf(path.join(folder, 'revisions', '000001.json'))).toBe('600');
    expect([...revisionsBackwards(folder)].map(({ revision }) => revision)).toEqual([2, 1]);
    expect(Object.keys(readRevision(folder, 1).federatedPartners)).toEqual(['fabrikam.com']);
    expect(readRevision(folder, 0)).toEqual(emptyConfiguration);
  });

  it('keeps the newest 100', async () => {
    await store.update(withPartner('fabrikam.com'));
    const old = path.join(folder, 'revisions');
    mkdirSync(old);
    for (let revision = 900; revision < 1000; revision += 1) {
      writeFileSync(path.join(old, `000${revision}.json`), '{}');
    }
    await store.update(withPartner('contoso.org'));
    expect(keptRevisionNumbers(folder)).toHaveLength(100);
    expect(keptRevisionNumbers(folder).at(-1)).toBe(900);
  });

  it('answers for a revision that is not kept with what there is', async () => {
    await store.update(withPartner('fabrikam.com'));
    const error = await failureOf(() => readRevision(folder, 7));
    expect(error.id).toBe('ObjectNotFound');
    expect(error.reason).toContain('the current revision is 1');
  });
});

describe('a damaged store', () => {
  const damages = [
    ['', 'it is empty'],
    ['{"formatVersion": 1,', 'JSON'],
    ['\uFEFF{}', 'byte order mark'],
    ['[]', 'not of type object'],
    [
      JSON.stringify({ ...emptyConfiguration, accessEdge: { allowFederatedUsers: 'yes' } }),
      'accessEdge/allowFederatedUsers is "yes", not of type boolean',
    ],
  ] as const;

  it.each(damages)(
    '%j is named with file and fault, and neither reading nor writing touches it',
    async (text, fault) => {
      mkdirSync(folder);
      writeFileSync(storeFile(), text);
      for (const work of [() => store.read(), () => store.update(withPartner('fabrikam.com'))]) {
        const error = await failureOf(work);
        expect([error.id, error.target]).toEqual(['ConfigurationDamaged', storeFile()]);
        expect(error.reason).toContain(fault);
      }
      expect(readFileSync(storeFile(), 'utf8')).toBe(text);
    },
  );

  it('is repaired by the command that the error gives', async () => {
    await store.update(withPartner('fabrikam.com'));
    await store.update(withPartner('contoso.org'));
    writeFileSync(storeFile(), '{');
    const { fix } = await failureOf(() => store.read());
    expect(fix).toEqual([`cp '${path.join(folder, 'revisions', '000001.json')}' '${storeFile()}'`]);
  });

  it('of a newer format is told apart from a damaged one', async () => {
    mkdirSync(folder);
    writeFileSync(storeFile(), '{"formatVersion": 2, "novelties": {}}');
    expect((await failureOf(() => store.read())).id).toBe('ConfigurationTooNew');
  });

  it('whose path leads nowhere is denied, not empty', async () => {
    mkdirSync(folder);
    symlinkSync('store.json', storeFile());
    expect((await failureOf(() => store.read())).id).toBe('StoreDenied');
  });
});

describe('a disk that takes only a part of the new configuration', () => {
  it('leaves the old one in place, and the error says so', async () => {
    await store.update(withPartner('fabrikam.com'));
    const before = readFileSync(storeFile(), 'utf8');
    const full = openConfigStore(folder, {
      async write(file, text) {
        await writeWithConf(file, text);
        writeFileSync(file, readFileSync(file).subarray(0, 100));
      },
    });
    expect((await failureOf(() => full.update(withPartner('contoso.org')))).id).toBe('StoreFull');
    expect(readFileSync(storeFile(), 'utf8')).toBe(before);
    expect(keptRevisionNumbers(folder)).toEqual([]);
    expect((await store.update(withPartner('contoso.org'))).after.revision).toBe(2);
  });
});
