import { describe, expect, it } from '@jest/globals';
import type { Certificate } from '../../../src/certificates/certificate.ts';
import { serverProfile } from '../../../src/certificates/certificate-profile.ts';
import { newKeyPair } from '../../../src/certificates/key-pair.ts';
import { issueFromLocalCa, newLocalCa } from '../../../src/certificates/local-ca.ts';
import { withAssignment, withPlan } from '../../../src/config/certificate-assignment.ts';
import type { Configuration } from '../../../src/config/configuration.ts';
import { emptyConfiguration } from '../../../src/config/defaults.ts';
import { watchCertificates } from '../../../src/operations/certificates/certificate-watch.ts';
import { thumbprintOf } from '../../../src/operations/certificates/certificates.ts';
import type { LogEvent } from '../../../src/primitives/log-event.ts';
import { givenWarnings } from '../../../src/store/given-warnings.ts';
import { openKeyStore } from '../../../src/store/key-store.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const dayMs = 86_400_000;

async function newCertificate(now: Date): Promise<Certificate> {
  const ca = await newLocalCa(now);
  const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
  const name = { name: { kind: 'dns', name: 'contoso.example' }, reason: '' } as const;
  const plan = { subject: [], names: [name], ...serverProfile('ECDSA_P256', false), template: undefined };
  return issueFromLocalCa(ca, plan, key.spki, now);
}

const recordOf = (thumbprint: string) => ({
  thumbprint,
  friendlyName: 'edge',
  publicKeySha256: 'ab'.repeat(32),
  privateKeyExportable: true,
  localTestCa: true,
  assignedTo: [],
});

/** A store with two certificates, the first of which serves; a clock that the test moves. */
async function watched() {
  const folder = temporaryFolder();
  const clock = movableClock();
  const keys = openKeyStore(folder);
  const both = [await newCertificate(clock.wallTime()), await newCertificate(clock.wallTime())];
  const [first = '', second = ''] = both.map(thumbprintOf);
  for (const certificate of both) keys.saveChain(thumbprintOf(certificate), [certificate.der]);
  const certificates = { [first]: recordOf(first), [second]: recordOf(second) };
  const configuration = withAssignment({ ...emptyConfiguration, certificates }, first, ['ExternalEdge']);
  const events: LogEvent[] = [];
  const takeovers: Date[] = [];
  const start = (from: Configuration = configuration) => {
    const watch = watchCertificates({
      clock,
      keys,
      given: givenWarnings(folder),
      onEvent: (event) => void events.push(event),
      takeOver: () => void takeovers.push(clock.wallTime()),
    });
    watch.follow(from);
    return watch;
  };
  const end = both[0]?.notAfter.getTime() ?? 0;
  const advanceTo = (time: number): void => clock.advance(time - clock.wallTime().getTime());
  return { start, events, takeovers, configuration, second, end, advanceTo, clock };
}

describe('a certificate that serves', () => {
  it('is announced 30, 7 and 1 days before its end and when it has ended, once each', async () => {
    const { start, events, end, advanceTo } = await watched();
    advanceTo(end - 31.5 * dayMs);
    start();
    const said: unknown[] = [];
    for (const days of [31, 30, 29, 7, 6, 1, 0.5, 0, -3]) {
      advanceTo(end - days * dayMs + 2000);
      said.push(events.splice(0).map(({ id, level, facts }) => [id, level, facts?.['threshold']]));
    }
    expect(said).toEqual([
      [],
      [['CertificateExpiring', 'warn', 30]],
      [],
      [['CertificateExpiring', 'warn', 7]],
      [],
      [['CertificateExpiring', 'error', 1]],
      [],
      [['CertificateExpired', 'error', 0]],
      [],
    ]);
  });

  it('is announced once also when the gateway is started again', async () => {
    const { start, events, end, advanceTo } = await watched();
    advanceTo(end - 5 * dayMs);
    start().close();
    start().close();
    expect(events.map(({ facts }) => facts?.['threshold'])).toEqual([7]);
  });

  it('that is assigned to nothing concerns nobody', async () => {
    const { start, events, end, advanceTo } = await watched();
    advanceTo(end - 2 * dayMs);
    start({ ...emptyConfiguration });
    advanceTo(end + dayMs);
    expect(events).toEqual([]);
  });
});

describe('a planned certificate', () => {
  it('makes the gateway read its certificates again at that time, once', async () => {
    const { start, takeovers, configuration, second, clock } = await watched();
    const from = new Date(clock.wallTime().getTime() + 3 * dayMs + 1234);
    start(withPlan(configuration, second, { usages: ['ExternalEdge'], from }));
    clock.advance(3 * dayMs + 1233);
    expect(takeovers).toEqual([]);
    clock.advance(2);
    expect(takeovers).toEqual([from]);
    clock.advance(5 * dayMs);
    expect(takeovers).toHaveLength(1);
  });

  it('that is given up before its time changes nothing', async () => {
    const { start, takeovers, configuration, second, clock } = await watched();
    const from = new Date(clock.wallTime().getTime() + dayMs);
    const watch = start(withPlan(configuration, second, { usages: ['ExternalEdge'], from }));
    watch.follow(configuration);
    clock.advance(2 * dayMs);
    expect(takeovers).toEqual([]);
    watch.close();
    expect(clock.pending()).toBe(0);
  });
});
