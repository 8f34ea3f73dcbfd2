import { describe, expect, it } from '@jest/globals';

import {
  certificateInForce,
  nextTakeover,
  servingCertificate,
  withAssignment,
  withDueAssignments,
  withoutAssignment,
  withPlan,
} from '../../src/config/certificate-assignment.ts';
import type { CertificateRecord, CertificateUsage, Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration } from '../../src/config/defaults.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';

const [a, b, c] = ['A', 'B', 'C'].map((letter) => letter.repeat(40)) as [string, string, string];
const now = new Date('2026-11-22T12:00:00Z');
const later = new Date('2026-12-01T03:00:00Z');

const record = (thumbprint: string, ...assignedTo: CertificateUsage[]): CertificateRecord => ({
  thumbprint,
  friendlyName: thumbprint,
  publicKeySha256: 'ab'.repeat(32),
  privateKeyExportable: true,
  localTestCa: false,
  assignedTo,
});

const store: Configuration = {
  ...emptyConfiguration,
  certificates: { [a]: record(a, 'ExternalEdge', 'Default'), [b]: record(b), [c]: record(c) },
};
const inForce = (configuration: Configuration, at: Date): string | undefined =>
  certificateInForce(configuration, 'ExternalEdge', at)?.thumbprint;

describe('a planned certificate', () => {
  const planned = withPlan(store, b, { usages: ['ExternalEdge'], from: later });

  it('takes over at its time, to the millisecond, and only what it was planned for', () => {
    expect(inForce(planned, new Date(later.getTime() - 1))).toBe(a);
    expect(inForce(planned, later)).toBe(b);
    expect(certificateInForce(planned, 'Default', later)?.thumbprint).toBe(a);
  });

  it('is the next takeover until it has happened', () => {
    expect(nextTakeover(planned, now)).toEqual(later);
    expect(nextTakeover(planned, later)).toBeUndefined();
    expect(nextTakeover(store, now)).toBeUndefined();
  });

  it('written out, leaves the one before as the previous one', () => {
    const { certificates } = withDueAssignments(planned, later);
    expect(certificates[b]).toEqual(record(b, 'ExternalEdge'));
    expect(certificates[a]).toEqual({ ...record(a, 'Default'), previousFor: ['ExternalEdge'] });
    expect(withDueAssignments(planned, now)).toEqual(planned);
  });

  it('gives way to another plan for the same usage', () => {
    const other = withPlan(planned, c, { usages: ['ExternalEdge'], from: new Date('2026-12-24T00:00:00Z') });
    expect(other.certificates[b]).toEqual(record(b));
    expect(inForce(other, later)).toBe(a);
  });

  it('is dropped when something else is assigned at once', () => {
    const assigned = withAssignment(planned, c, ['ExternalEdge']);
    expect(inForce(assigned, now)).toBe(c);
    expect(inForce(assigned, later)).toBe(c);
  });

  it('makes a configuration that the store accepts, and a time that is none does not', () => {
    expect(parseConfiguration(planned).ok).toBe(true);
    expect(parseConfiguration(withDueAssignments(planned, later)).ok).toBe(true);
    const broken = { ...record(b), planned: { usages: ['Default'], from: '2026-13-45T00:00:00Z' } };
    expect(parseConfiguration({ ...store, certificates: { ...store.certificates, [b]: broken } }).ok).toBe(false);
  });
});

describe('an assignment', () => {
  it('done again changes nothing', () => {
    const once = withAssignment(store, b, ['ExternalEdge']);
    expect(withAssignment(once, b, ['ExternalEdge'])).toEqual(once);
  });

  it('remembers only the last one before', () => {
    const twice = withAssignment(withAssignment(store, b, ['ExternalEdge']), c, ['ExternalEdge']);
    const previous = Object.values(twice.certificates).filter(({ previousFor }) => previousFor !== undefined);
    expect(previous.map(({ thumbprint }) => thumbprint)).toEqual([b]);
  });

  it('taken away leaves the certificate, and nothing that serves', () => {
    const usages = ['ExternalEdge', 'Default'] as const;
    const none = withoutAssignment(store, { thumbprint: a, usages, what: 'service' });
    expect(none.certificates[a]).toEqual(record(a));
    expect(servingCertificate(none, now)).toBeUndefined();
  });
});

it('the most specific certificate serves: XMPP alone before the external edge before the default', () => {
  expect(servingCertificate(store, now)?.thumbprint).toBe(a);
  expect(servingCertificate(withAssignment(store, b, ['XmppServer']), now)?.thumbprint).toBe(b);
});
