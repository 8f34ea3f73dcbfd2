import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { findEvents } from '../../src/operations/get-event-log.ts';
import { openEventLog } from '../../src/store/event-log.ts';
import { parseLines, readEventLog } from '../../src/store/event-log-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const event = (message: string) => ({ id: 'ServiceStarted', level: 'info', component: 'service', message }) as const;

describe('the event log', () => {
  it('keeps what was written, readable by its owner only', () => {
    const folder = temporaryFolder();
    const log = openEventLog(folder);
    log.write({ ...event('hello'), correlationId: 'C1', facts: { partner: 'fabrikam.example' } });
    log.close();
    expect(readEventLog(folder)).toMatchObject([
      { ...event('hello'), correlationId: 'C1', facts: { partner: 'fabrikam.example' } },
    ]);
    expect(statSync(path.join(folder, 'log')).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, 'log', 'xgw.log')).mode & 0o777).toBe(0o600);
  });

  it('writes at once what an administrator should see, and what was said before it', () => {
    const folder = temporaryFolder();
    const log = openEventLog(folder);
    log.write({ ...event('a message crossed'), level: 'debug' });
    log.write(event('hello'));
    expect(readEventLog(folder).map(({ message }) => message)).toEqual(['a message crossed', 'hello']);
    log.close();
  });

  it('writes the debug lines of a turn together when it is over, and at the end', async () => {
    const folder = temporaryFolder();
    const log = openEventLog(folder);
    const said = () => readEventLog(folder).map(({ message }) => message);
    log.write({ ...event('one'), level: 'debug' });
    log.write({ ...event('two'), level: 'trace' });
    expect(said()).toEqual([]);
    await new Promise<void>((resolve) => void setImmediate(resolve));
    expect(said()).toEqual(['one', 'two']);
    log.write({ ...event('three'), level: 'debug' });
    log.close();
    expect(said()).toEqual(['one', 'two', 'three']);
  });

  it('shows what could forge a line or steer a terminal, in the message and in every fact', () => {
    const folder = temporaryFolder();
    const log = openEventLog(folder);
    log.write({ ...event('a\nb\u001b[2Jc'), facts: { from: 'x\r\ny', list: ['\u202e'], deep: { text: '\u0007' } } });
    log.close();
    const [read] = readEventLog(folder);
    expect(read?.message).toBe('a\\u{a}b\\u{1b}[2Jc');
    expect(read?.facts).toEqual({ from: 'x\\u{d}\\u{a}y', list: ['\\u{202e}'], deep: { text: '\\u{7}' } });
  });

  it('sets a full file aside, keeps five of them, and reads all of them in order', () => {
    const folder = temporaryFolder();
    const log = openEventLog(folder);
    const filler = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 75; count += 1) log.write(event(`${count} ${filler}`));
    log.close();
    expect(readdirSync(path.join(folder, 'log')).toSorted()).toEqual(
      ['', '.1', '.2', '.3', '.4', '.5'].map((end) => `xgw.log${end}`),
    );
    const numbers = readEventLog(folder).map(({ message }) => Number.parseInt(message, 10));
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    expect(numbers.at(-1)).toBe(74);
  });

  it('leaves out a line that is not whole', () => {
    expect(parseLines('{"event":"A","level":"info","msg":"x"}\n{"event":"B","lev')).toHaveLength(1);
  });
});

describe('get-eventlog filters', () => {
  const folderWithEvents = (): string => {
    const folder = temporaryFolder();
    const log = openEventLog(folder);
    log.write({
      id: 'PartnerUnreachable',
      level: 'error',
      component: 'xmpp',
      message: 'first',
      facts: { partner: 'Fabrikam.example' },
    });
    log.write({ id: 'MessageRefused', level: 'info', component: 'sip', message: 'second', correlationId: 'C2' });
    log.write({ id: 'PresenceNotDelivered', level: 'trace', component: 'sip', message: 'third', correlationId: 'C2' });
    log.close();
    return folder;
  };
  const past = new Date(0);
  const future = new Date('2999-01-01T00:00:00Z');
  it.each([
    [{ level: 'trace' }, ['PartnerUnreachable', 'MessageRefused', 'PresenceNotDelivered']],
    [{ level: 'info' }, ['PartnerUnreachable', 'MessageRefused']],
    [{ level: 'error' }, ['PartnerUnreachable']],
    [{ level: 'trace', component: 'SIP' }, ['MessageRefused', 'PresenceNotDelivered']],
    [{ level: 'trace', correlationId: 'C2' }, ['MessageRefused', 'PresenceNotDelivered']],
    [{ level: 'trace', filter: 'fabrikam' }, ['PartnerUnreachable']],
    [{ level: 'trace', since: past }, ['PartnerUnreachable', 'MessageRefused', 'PresenceNotDelivered']],
    [{ level: 'trace', since: future }, []],
    [{ level: 'trace', tail: 1 }, ['PresenceNotDelivered']],
  ] as const)('%j', (filter, ids) => {
    expect(findEvents(folderWithEvents(), filter).events.map(({ id }) => id)).toEqual(ids);
  });
});
