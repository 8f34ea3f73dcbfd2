/** The dashboard, its plain twin and what they are made from: the same status makes the same lines. */
import { describe, expect, it } from '@jest/globals';

import { displayWidth } from '../../../src/commands/host/cell-text.ts';
import { type DashboardView, dashboardLines } from '../../../src/operations/live/dashboard.ts';
import type { PartnerStatus, ServiceStatus } from '../../../src/operations/live/service-status.ts';
import { sparkline } from '../../../src/operations/live/sparkline.ts';
import { changeLines } from '../../../src/operations/live/status-changes.ts';

const now = new Date('2026-11-22T12:00:00');
const view: DashboardView = {
  columns: 110,
  rows: 10,
  now,
  isAscii: false,
  isPaused: false,
  hasDetails: false,
  widthOf: displayWidth,
};
const quiet = Array.from({ length: 20 }, () => 0);

const partner = (name: string, more: Partial<PartnerStatus> = {}): PartnerStatus => ({
  partner: name,
  partnerType: 'Federated',
  state: 'Connected',
  sessions: 2,
  perMinute: quiet,
  ...more,
});
const problem = {
  time: new Date('2026-11-22T09:41:07').toISOString(),
  message: 'gmail.com cannot be reached, step dns: SRV lookup timed out',
};
const status: ServiceStatus = {
  name: 'XMPPGW',
  status: 'Running',
  startTime: new Date(now.getTime() - (3 * 1440 + 4 * 60 + 12) * 60_000).toISOString(),
  loadedRevision: 43,
  storeRevision: 43,
  sessions: 17,
  registrations: 3,
  certificateDays: 61,
  warnings: [],
  partners: [
    partner('fabrikam.com', { sessions: 9, perMinute: [...quiet.slice(2), 42, 7], p95Ms: 61 }),
    partner('gmail.com', { partnerType: 'PublicUnverified', state: 'Failed', sessions: 0, lastProblem: problem }),
  ],
};

describe('the dashboard', () => {
  it('is drawn to the letter', () => {
    expect(dashboardLines(status, view)).toEqual([
      'XMPPGW Running  up 3d 04:12  rev 43 = store 43  sessions 17  cert 61 days    q quit  space pause  d details',
      'Partner         Type             State     Ses IM/min last 20 min          p95 ms Last problem',
      'fabrikam.com    Federated        Connected   9     42 ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█▂     61 -',
      'gmail.com       PublicUnverified Failed      0      0 ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁      - 09:41 gmail.com cannot be re',
    ]);
  });

  it('draws with ASCII alone where it must', () => {
    const [, , row = ''] = dashboardLines(status, { ...view, isAscii: true });
    expect(row).toContain('..................@:');
    expect(dashboardLines(status, { ...view, isAscii: true }).join('')).toMatch(/^[ -~]*$/);
  });

  it('fits the terminal, in lines and in columns, and says what it leaves out', () => {
    const many = { ...status, partners: Array.from({ length: 50 }, (_, index) => partner(`p${index}.example`)) };
    const lines = dashboardLines(many, { ...view, rows: 6, columns: 60 });
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toBe('... 47 partners more; -Partner selects');
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(60);
  });

  it('counts wide letters as two, and shows control characters of a stranger instead of obeying them', () => {
    const strange = {
      ...status,
      partners: [partner('a.example', { lastProblem: { ...problem, message: '\u001b[2J世界' } })],
    };
    const row = dashboardLines(strange, view)[2] ?? '';
    expect(row).toContain('\\u{1b}[2J世界');
    for (let columns = 10; columns < 120; columns += 1)
      expect(displayWidth(dashboardLines(strange, { ...view, columns })[2] ?? '')).toBeLessThanOrEqual(columns);
  });

  it('shows warnings and whole problems when details are wanted, and that it is paused', () => {
    const lines = dashboardLines(
      { ...status, warnings: ['The disk is full.'] },
      { ...view, hasDetails: true, isPaused: true },
    );
    expect(lines[0]).toContain('warnings 1  PAUSED');
    expect(lines.slice(-3)).toEqual(['', '! The disk is full.', `gmail.com  ${problem.time}  ${problem.message}`]);
  });

  it('shows a gateway that has stopped', () => {
    const stopped: ServiceStatus = {
      ...status,
      status: 'Stopped',
      startTime: undefined,
      loadedRevision: undefined,
      certificateDays: undefined,
      sessions: 0,
    };
    expect(dashboardLines(stopped, view)[0]).toBe(
      'XMPPGW Stopped  store rev 43  sessions 0    q quit  space pause  d details',
    );
  });
});

describe('the plain twin', () => {
  it('says how everything is, then each change, then nothing', () => {
    expect(changeLines(undefined, status, now)).toEqual([
      '12:00:00 XMPPGW Running',
      '12:00:00 fabrikam.com Connected',
      '12:00:00 gmail.com Failed: gmail.com cannot be reached, step dns: SRV lookup timed out',
    ]);
    const later: ServiceStatus = {
      ...status,
      loadedRevision: 44,
      partners: [partner('fabrikam.com', { sessions: 8 }), partner('gmail.com', { state: 'Idle', sessions: 0 })],
    };
    expect(changeLines(status, later, now)).toEqual([
      '12:00:00 XMPPGW revision 43 -> 44',
      '12:00:00 fabrikam.com Connected, sessions 9 -> 8',
      '12:00:00 gmail.com Failed -> Idle',
    ]);
    expect(changeLines(later, later, now)).toEqual([]);
  });
});

describe('a sparkline', () => {
  it.each([
    [[0, 0, 0], '▁▁▁', '...'],
    [[0, 4, 8], '▁▅█', '.+@'],
    [[1], '█', '@'],
  ])('of %j is %s', (values, unicode, ascii) => {
    expect([sparkline(values, false), sparkline(values, true)]).toEqual([unicode, ascii]);
  });
});
