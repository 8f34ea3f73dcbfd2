/** The way of messages across a running gateway, with a real XMPP server and SIP user at its ends: drawn, searched, measured, kept in files. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { type Federation, federate, passwords } from './federation.ts';

/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;
const bobAor = 'sip:bob@fabrikam.example';
const words = 'The parrot sleeps at noon';

type Row = Readonly<Record<string, unknown>>;

interface Crossed {
  readonly federation: Federation;
  /** CorrelationIds: from XMPP, from SIP, refused. */
  readonly ids: readonly string[];
  text(...line: readonly string[]): Promise<string>;
  rows(...line: readonly string[]): Promise<readonly Row[]>;
}

const traceFile = ({ federation }: Crossed, name: string): string =>
  path.join(federation.site.home, 'trace', `${name}.ndjson`);

/** One message in each direction and one that the policy refuses, while a trace runs. */
async function crossed(): Promise<Crossed> {
  const federation = await federate({ peer: 'external', partner: ['-SupportDialbackNegotiation', 'false'] });
  const rows = (...line: readonly string[]): Promise<readonly Row[]> => federation.site.run(...line);
  await rows('start-trace', 'Im', '-Name', 'ticket-1', '-Duration', '300');
  const bob = await federation.bob();
  bob.sendPresence();
  const { message } = await federation.aliceReceives();
  bob.sendMessage('alice@contoso.example', words, 'a7');
  expect(await message).toContain(words);
  expect((await federation.aliceSends(bobAor, words, 202)).exitCode).toBe(0);
  await bob.waitForMessage(words);
  expect((await federation.aliceSends('sip:dora@adatum.example', words, 403)).exitCode).toBe(0);
  const handed = (await rows('search-trace', '-Subject', 'Im')).filter(({ StepKind }) => StepKind === 'Handover');
  return {
    federation,
    ids: [...new Set(handed.map(({ CorrelationId }) => String(CorrelationId)))],
    rows,
    async text(...line) {
      const { code, stdout, stderr } = await federation.site.type(...line);
      expect([code, stderr]).toEqual([0, '']);
      return stdout;
    },
  };
}

/** One CorrelationId for each message: on both sides, in the event log, and in what the SIP user gets. */
async function hasOneIdEach({ ids, rows }: Crossed): Promise<void> {
  expect(ids).toHaveLength(3);
  const [arrived = ''] = ids;
  const [request] = await rows('search-trace', '-CorrelationId', arrived, '-Ip', '127.0.0.1');
  expect(request).toMatchObject({ StepKind: 'Wire', Component: 'sip', Direction: 'Out', Summary: 'MESSAGE cseq 1' });
  expect(request?.['Raw']).toContain(`X-Correlation: ${arrived}`);
  const log = await rows('get-eventlog', '-Level', 'debug', '-CorrelationId', arrived);
  expect(log.map(({ Event }) => Event)).toEqual(['MessageDelivered']);
  const [refusal] = await rows('get-eventlog', '-Filter', 'MessageRefused');
  expect(refusal?.['CorrelationId']).toBe(ids[2]);
}

async function isDrawn({ ids, text }: Crossed): Promise<void> {
  const pictures = [];
  for (const id of ids) pictures.push(await text('show-messageflow', id, '-OutputFormat', 'text'));
  const shape = pictures.map((picture) =>
    picture
      .split('\n')
      .filter((line) => line.startsWith('+') || line.startsWith('      '))
      .map((line) =>
        line
          .replaceAll(/[+|<>-]|\d+\.\d{3}|id=\w*/g, ' ')
          .replaceAll(/ +/g, ' ')
          .trim(),
      )
      .slice(2),
  );
  expect(shape).toEqual([
    [
      'message',
      `stanza [${words.length} chars]`,
      'partner Federated: allowed',
      expect.stringMatching(/^JID SIP sip:bob@fabrikam/),
      'MESSAGE cseq 1',
      '200 OK',
    ],
    [
      'MESSAGE cseq 2',
      'partner Federated: allowed',
      'SIP JID bob@fabrikam.example',
      'message',
      'message',
      '202 Accepted',
    ],
    ['MESSAGE cseq 2', expect.stringContaining('may not reach'), expect.stringMatching(/^403 Domain Not/)],
  ]);
  expect(pictures[0]).toMatch(
    /^\w{10} {2}IM {2}bob@fabrikam\.example\/test -> sip:alice@contoso\.example {3}delivered in \d+ ms\n/,
  );
  expect(pictures[0]).toMatch(/\nXMPP id a7 <-> SIP Call-ID \w+, CSeq 1\.\n/);
  expect(pictures[0]).toContain('XMPP TLS 1.3');
  expect(pictures[2]?.replaceAll('\n', ' ')).toContain('adatum.example is not an XMPP federated partner');
  for (const picture of pictures)
    expect(Math.max(...picture.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  // The newest one, when none is named.
  expect(await text('show-messageflow', '-OutputFormat', 'text')).toBe(pictures[2]);
}

async function isMeasured({ rows }: Crossed): Promise<void> {
  const measured = await rows('measure-trace');
  expect(measured.map(({ Partner, Direction, Result, Messages }) => [Partner, Direction, Result, Messages])).toEqual([
    ['fabrikam.example', 'SipToXmpp', 'Delivered', 1],
    ['fabrikam.example', 'XmppToSip', 'Delivered', 1],
    ['', null, 'MessageRefused', 1],
  ]);
}

/** In memory, in its file and in every form in which it is exported. */
async function hasNoSecret(crossing: Crossed): Promise<void> {
  const { text } = crossing;
  const exported = await text('export-trace');
  const stored = readFileSync(traceFile(crossing, 'ticket-1'), 'utf8');
  for (const each of [exported, stored, await text('export-trace', '-OutputFormat', 'html')]) {
    expect(each).not.toContain('parrot');
    expect(each).not.toContain(passwords.alice);
    expect(each).not.toMatch(/Authorization: Digest/);
  }
  expect(exported).toContain('Authorization: [');
  expect(exported).toContain('[25 characters]');
}

async function outlivesTheGateway(crossing: Crossed): Promise<void> {
  const { federation, ids, rows, text } = crossing;
  const before = await text('show-messageflow', ids[0] ?? '', '-OutputFormat', 'text');
  expect(await rows('get-trace')).toMatchObject([
    { Name: 'ticket-1', Scenario: 'Im', State: 'Running', MessageBodies: false },
  ]);
  await rows('stop-service');
  expect(await text('show-messageflow', ids[0] ?? '', '-OutputFormat', 'text')).toBe(before);
  expect(await rows('get-trace', 'ticket-1')).toMatchObject([
    { State: 'Ended', Reason: 'the gateway has stopped', Steps: expect.any(Number) },
  ]);
  expect(statSync(traceFile(crossing, 'ticket-1')).mode & 0o777).toBe(0o600);
  const nowhere = await federation.site.type('start-trace', 'Im');
  expect([nowhere.code, /Id: +(\w+)/.exec(nowhere.stderr)?.[1]]).toEqual([9, 'ServiceNotRunning']);
  await rows('clear-trace', 'ticket-1', '-Confirm:false');
  expect(await rows('get-trace')).toEqual([]);
  const gone = await federation.site.type('show-messageflow', ids[0] ?? '');
  expect([gone.code, /Id: +(\w+)/.exec(gone.stderr)?.[1]]).toEqual([3, 'ObjectNotFound']);
}

describeWithPeers('the trace of a running gateway', [peers.prosody, peers.sipp], () => {
  it(
    'draws each message across both protocols, measures them, has nothing of what was said, and outlives the gateway in its file',
    async () => {
      const crossing = await crossed();
      await hasOneIdEach(crossing);
      await isDrawn(crossing);
      await isMeasured(crossing);
      await hasNoSecret(crossing);
      await outlivesTheGateway(crossing);
    },
    patience,
  );

  it(
    'has what people said where the configuration wants that, and asks before a file has it',
    async () => {
      const crossing = await crossed();
      const { federation, rows } = crossing;
      await rows('set-xmppgatewayconfiguration', '-EnableLoggingAllMessageBodies', 'true', '-Confirm:false');
      const asked = await federation.site.type('start-trace', 'Im', '-Name', 'words');
      expect([asked.code, /Id: +(\w+)/.exec(asked.stderr)?.[1]]).toEqual([4, 'ConfirmationRequired']);
      await rows('start-trace', 'Im', '-Name', 'words', '-Confirm:false');
      const bob = await federation.bob();
      bob.sendMessage('nobody@contoso.example', words, 'a8');
      await bob.waitFor('the refusal', ({ attributes }) => attributes['id'] === 'a8');
      const [stopped] = await rows('stop-trace', 'words', '-PassThru');
      expect(stopped).toMatchObject({ Name: 'words', State: 'Ended', MessageBodies: true, Changed: true });
      expect(readFileSync(traceFile(crossing, 'words'), 'utf8')).toContain(words);
      const again = await federation.site.type('start-trace', 'Im', '-Name', 'words', '-Confirm:false');
      expect([again.code, /Id: +(\w+)/.exec(again.stderr)?.[1]]).toEqual([6, 'TraceExists']);
      const audit = await rows('search-auditlog', '-Cmdlet', 'Start-Trace');
      expect(audit.length).toBeGreaterThan(0);
    },
    patience,
  );
});
