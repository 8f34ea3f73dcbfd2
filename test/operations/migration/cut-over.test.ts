/** The order of a cut-over, what a failure keeps from being done, and that the journal says so at each moment. */
import { describe, expect, it } from '@jest/globals';

import { type CommandLine, type CutOverOrder, cutOver } from '../../../src/operations/migration/cut-over.ts';
import { cutOverPlan } from '../../../src/operations/migration/cut-over-plan.ts';
import { changesBack } from '../../../src/operations/migration/way-back.ts';
import type { MigrationJournal } from '../../../src/store/migration-journal.ts';
import { movableClock } from '../../support/movable-clock.ts';

const wishes = {
  certificatePath: 'edge.pfx',
  passwordFile: 'p.txt',
  accessEdgeFqdn: 'edge.contoso.com',
  server: '192.0.2.53',
  tsigKeyFile: 'ns.key',
  addresses: ['192.0.2.10', '2001:db8::10'],
  force: false,
};

interface Scene {
  readonly typed: string[];
  readonly kept: MigrationJournal[];
  ended(order?: Partial<CutOverOrder>): Promise<MigrationJournal>;
}

/** @param failing - The cmdlet that fails. @param wayBack - What keeps the way back from working. */
function scene(failing?: string, wayBack?: Error): Scene {
  const [typed, kept]: [string[], MigrationJournal[]] = [[], []];
  const run = async (line: CommandLine) => {
    typed.push(line[0] ?? '');
    const fails = line[0] === failing;
    return { code: fails ? 21 : 0, stdout: '', said: fails ? 'It does not work.' : '' };
  };
  return {
    typed,
    kept,
    ended: (order) =>
      cutOver(
        {
          steps: cutOverPlan(wishes),
          proof: [['test-federationroute', '*']],
          isParallel: false,
          baseRevision: 7,
          goesBack: true,
          ...order,
        },
        {
          clock: movableClock(),
          run,
          keep: (journal) => void kept.push(journal),
          onDone: () => undefined,
          async rollBack() {
            typed.push('ROLLBACK');
            if (wayBack !== undefined) throw wayBack;
          },
        },
      ),
  };
}

const states = ({ steps }: MigrationJournal): readonly string[] => steps.map(({ name, state }) => `${name} ${state}`);

describe('a cut-over', () => {
  it('does everything, proves everything, and the route last', async () => {
    const { typed, kept, ended } = scene();
    const journal = await ended();
    expect(typed).toEqual([
      ...['import-certificate', 'set-xmppgatewayconfiguration', 'start-service', 'wait-service', 'publish-dnsrecord'],
      ...['test-certificateconfiguration', 'test-migrationreadiness', 'test-dnsrecord', 'test-federationroute'],
    ]);
    expect([journal.result, states(journal)]).toEqual([
      'Success',
      ['Certificates Proven', 'Gateway Proven', 'Dns Proven', 'Route Proven'],
    ]);
    expect(kept[0]).toMatchObject({ result: 'Running', baseRevision: 7 });
    expect(kept.map((each) => states(each)[1])).toContain('Gateway Running');
  });

  it('side by side begins certificates and gateway together, and DNS after the gateway', async () => {
    const { typed, ended } = scene();
    await ended({ isParallel: true });
    expect(typed.slice(0, 2).toSorted()).toEqual(['import-certificate', 'set-xmppgatewayconfiguration']);
    expect(typed.indexOf('publish-dnsrecord')).toBeGreaterThan(typed.indexOf('wait-service'));
  });

  it.each([
    ['set-xmppgatewayconfiguration', ['Certificates RolledBack', 'Gateway Failed', 'Dns Pending', 'Route Pending']],
    ['test-dnsrecord', ['Certificates RolledBack', 'Gateway RolledBack', 'Dns Failed', 'Route Pending']],
    ['test-federationroute', ['Certificates RolledBack', 'Gateway RolledBack', 'Dns RolledBack', 'Route Failed']],
  ])('that fails at %s goes back, and does nothing more', async (failing, expected) => {
    const { typed, ended } = scene(failing);
    const journal = await ended();
    expect(typed.slice(-2)).toEqual([failing, 'ROLLBACK']);
    expect([journal.result, states(journal)]).toEqual(['RolledBack', expected]);
    expect(journal.steps.find(({ state }) => state === 'Failed')?.detail).toBe(
      `${failing} ended with exit code 21: It does not work.`,
    );
  });

  it('stays as it is when nobody wants the way back, and says so when that fails', async () => {
    const staying = scene('test-dnsrecord');
    expect((await staying.ended({ goesBack: false })).result).toBe('Failed');
    expect(staying.typed).not.toContain('ROLLBACK');
    const journal = await scene('test-dnsrecord', new Error('DNS is gone')).ended();
    expect(journal).toMatchObject({ result: 'Failed' });
    expect(journal.steps.at(-1)?.detail).toBe('the way back failed: DNS is gone');
  });
});

describe('the plan', () => {
  it('leaves out what nothing was given for, and what was not asked', () => {
    const names = (more: Partial<typeof wishes>, only?: readonly ('Certificates' | 'Gateway' | 'Dns')[]) =>
      cutOverPlan({ ...wishes, ...more, only }).map(({ name }) => name);
    expect(names({})).toEqual(['Certificates', 'Gateway', 'Dns']);
    const { server: _server, certificatePath: _certificate, ...rest } = wishes;
    expect(cutOverPlan(rest).map(({ name }) => name)).toEqual(['Gateway']);
    expect(names({}, ['Dns'])).toEqual(['Dns']);
  });

  it('passes on addresses and whether records of others may be replaced', () => {
    const [line] = cutOverPlan({ ...wishes, force: true, only: ['Dns'] })[0]?.perform ?? [];
    expect(line?.join(' ')).toBe(
      'publish-dnsrecord -Server 192.0.2.53 -TsigKeyFile ns.key -Address 192.0.2.10,2001:db8::10 -Force -Confirm:false',
    );
  });
});

describe('the way back of DNS', () => {
  it('is what was there before, for what was changed', () => {
    const row = (more: object) =>
      JSON.stringify({
        Kind: 'PublishedDnsRecord',
        Zone: 'z',
        Name: 'n',
        Type: 'SRV',
        Before: ['a'],
        After: ['b'],
        Changed: true,
        ...more,
      });
    const text = [row({}), row({ Changed: false }), row({ Kind: 'Other' }), 'garbage', '[1]', ''].join('\n');
    expect(changesBack(text)).toEqual([{ zone: 'z', name: 'n', type: 'SRV', before: ['b'], data: ['a'] }]);
  });
});
