/** The interactive management shell on a real terminal: `script` gives the built program one, and keys are pressed when what they wait for is on the screen. */
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cleanEnvironment, xgwIn } from '../../support/xgw.ts';

const program = path.resolve(import.meta.dirname, '../../../bin/xgw');
const enter = '\r';
const tab = '\t';
const [interrupt, endOfText, up] = ['\u0003', '\u0004', '\u001b[A'];

/** What must be on the screen, behind what was there before, and what is pressed then. */
type Keys = readonly (readonly [when: string, press: string])[];

async function shellOn(home: string, keys: Keys, more: Readonly<Record<string, string>> = {}) {
  const line = `exec ${[process.execPath, program, 'shell'].join(' ')}`;
  const terminal = { TERM: 'xterm', NO_COLOR: '1', COLUMNS: '200' };
  const env = cleanEnvironment({ XGW_HOME: home, ...terminal, ...more });
  const child = spawn('script', ['-qec', line, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let [screen, seen] = ['', 0];
  const left = [...keys];
  child.stdout.on('data', (bytes: Buffer) => {
    screen += bytes.toString().replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
    for (let [next] = left; next !== undefined; [next] = left) {
      const [when, press] = next;
      const found = screen.indexOf(when, seen);
      if (found < 0) return;
      left.shift();
      seen = press === '' ? found + when.length : screen.length;
      if (press !== '') setImmediate(() => child.stdin.write(press));
    }
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { screen: screen.replaceAll('\r', ''), code, left };
}

describeWithPeers('the management shell on a terminal', [peers.script], () => {
  it('runs lines, keeps variables, completes, goes on while a brace is open, and survives failures', async () => {
    const home = path.join(temporaryFolder(), 'store');
    const { screen, code, left } = await shellOn(home, [
      ['rev 0]> ', `new-xmppfederatedpartner fabrikam.com -PartnerType Federated${enter}`],
      ['rev 1]> ', `$p = get-xmppfederatedpartner${enter}`],
      ['rev 1]> ', `"it is $($p.Identity)"${enter}`],
      ['it is fabrikam.com\r\n', ''],
      ['rev 1]> ', `foreach ($x in 1,2) {${enter}`],
      ['>> ', `"x$x" }${enter}`],
      ['x2', ''],
      ['rev 1]> ', `get-user nobody@x.com${enter}`],
      ['ObjectNotFound,Get-User', ''],
      ['rev 1]> ', `while (1) { }${enter}`],
      ['UnsupportedSyntax', ''],
      ['rev 1]> ', `Set-XmppFed${tab}`],
      ['eratedPartner', ` fab${tab}`],
      ['rikam.com', ` -TlsN${tab}`],
      ['egotiation', ` Opt${tab}`],
      ['ional', enter],
      ['rev 2]> ', `$LASTEXITCODE${enter}`],
      ['0', `exit 6${enter}`],
    ]);
    expect([left, code]).toEqual([[], 6]);
    expect(screen).toContain('  + while (1) { }\n  + ^\n');
  });

  it('Ctrl-C abandons the line, Ctrl-D ends, and a paste is run line by line', async () => {
    const home = path.join(temporaryFolder(), 'store');
    const { screen, code, left } = await shellOn(home, [
      ['rev 0]> ', `remove-sipdomain "abc`],
      ['"abc', interrupt],
      ['rev 0]> ', `new-sipdomain a.com${enter}new-sipdomain b.com${enter}get-sipdom`],
      ['rev 2]> get-sipdom', `ain | % Identity${enter}`],
      ['b.com', ''],
      ['rev 2]> ', endOfText],
    ]);
    expect([left, code]).toEqual([[], 0]);
    expect(screen).not.toContain('SyntaxError');
  });

  it('asks in its own terminal before it removes several, and Ctrl-C ends what runs and not the shell', async () => {
    const home = path.join(temporaryFolder(), 'store');
    const site = xgwIn(home);
    for (const domain of ['a.com', 'b.com']) await site.run('new-xmppfederatedpartner', domain);
    const { code, left } = await shellOn(home, [
      ['rev 2]> ', `Get-CsXmppAllowedPartner | Remove-CsXmppAllowedPartner${enter}`],
      ['remove a.com?', `y${enter}`],
      ['remove b.com?', interrupt],
      ['Interrupted', ''],
      ['rev 3]> ', `"now" + 1; get-eventlog -Follow${enter}`],
      ['now1', interrupt],
      ['rev 3]> ', `"still here"${enter}`],
      ['still here\r\n', ''],
      ['rev 3]> ', endOfText],
    ]);
    expect([left, code]).toEqual([[], 0]);
    expect((await site.run('get-xmppfederatedpartner')).map((each) => each['Identity'])).toEqual(['b.com']);
  });

  it('remembers lines for the next session, in a file of the owner, and none with a secret', async () => {
    const home = path.join(temporaryFolder(), 'store');
    const first = await shellOn(home, [
      ['rev 0]> ', `"remember me"${enter}`],
      ['rev 0]> ', `$password = "hunter2"${enter}`],
      ['rev 0]> ', `exit${enter}`],
    ]);
    expect([first.left, first.code]).toEqual([[], 0]);
    const file = path.join(home, 'state', 'shell-history');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['"remember me"\nexit\n', 0o600]);
    const second = await shellOn(home, [
      ['rev 0]> ', up + up],
      ['"remember me"', enter],
      ['remember me\r\n', ''],
      ['rev 0]> ', endOfText],
    ]);
    expect([second.left, second.code]).toEqual([[], 0]);
  });

  it('is plain lines for a screen reader', async () => {
    const home = path.join(temporaryFolder(), 'store');
    const { code, left, screen } = await shellOn(
      home,
      [
        ['rev 0]> ', 'new-sipdomain a.com\n'],
        ['rev 1]> ', '$true\n'],
        ['True', ''],
        ['rev 1]> ', interrupt],
        ['rev 1]> ', 'exit\n'],
      ],
      { ACCESSIBLE: '1' },
    );
    expect([left, code]).toEqual([[], 0]);
    expect(screen).toContain('a.com');
  });
});
