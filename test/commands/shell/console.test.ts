/** The interactive management shell on a real terminal: `script` gives the built program one, and keys are pressed when what they wait for is on the screen. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ctrlC, ctrlD, enter, tab, typedOn, up } from '../../support/typed-on-terminal.ts';
import { xgwIn } from '../../support/xgw.ts';

/** What must be on the screen, behind what was there before, and what is pressed then. */
type Keys = readonly (readonly [when: string, press: string])[];

/** @param home - `store` in a folder. */
async function shellOn(home: string, keys: Keys, more: Readonly<Record<string, string>> = {}) {
  const pressed = keys.map(([when, press]) => ({ when, press }));
  const { screen, code, left } = await typedOn(path.dirname(home), ['shell'], pressed, more);
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
      ['"abc', ctrlC],
      ['rev 0]> ', `new-sipdomain a.com${enter}new-sipdomain b.com${enter}get-sipdom`],
      ['rev 2]> get-sipdom', `ain | % Identity${enter}`],
      ['b.com', ''],
      ['rev 2]> ', ctrlD],
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
      ['remove b.com?', ctrlC],
      ['Interrupted', ''],
      ['rev 3]> ', `"now" + 1; get-eventlog -Follow${enter}`],
      ['now1', ctrlC],
      ['rev 3]> ', `"still here"${enter}`],
      ['still here\r\n', ''],
      ['rev 3]> ', ctrlD],
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
      ['rev 0]> ', ctrlD],
    ]);
    expect([second.left, second.code]).toEqual([[], 0]);
  });

  it('writes a transcript of what was typed and shown, without what was drawn, and without secrets', async () => {
    const home = path.join(temporaryFolder(), 'store');
    const { left, code } = await shellOn(home, [
      ['rev 0]> ', `new-sipdomain a.com | out-null${enter}`],
      ['rev 1]> ', `start-transcript t.txt${enter}`],
      ['t.txt.', ''],
      ['rev 1]> ', `get-sipdomain | % Identity${enter}`],
      ['a.com\r\n', ''],
      ['rev 1]> ', `new-user x -Password hunter2${enter}`],
      ['SecretOnCommandLine', ''],
      ['rev 1]> ', `start-transcript other.txt${enter}`],
      ['ParameterConflict', ''],
      ['rev 1]> ', `stop-transcript${enter}`],
      ['The transcript is in', ''],
      ['rev 1]> ', `"after"${enter}`],
      ['after\r\n', ''],
      ['rev 1]> ', `quit${enter}`],
    ]);
    expect([left, code]).toEqual([[], 0]);
    const file = path.join(path.dirname(home), 't.txt');
    const text = readFileSync(file, 'utf8');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(text).toMatch(
      /rev 1\]> get-sipdomain \| % Identity\na\.com\n\[XGW .* rev 1\]> new-user x -Password \[secret\]\n/,
    );
    expect(text).not.toMatch(/\u001b|hunter2|after/);
  });

  it('is plain lines for a screen reader', async () => {
    const home = path.join(temporaryFolder(), 'store');
    const { code, left, screen } = await shellOn(
      home,
      [
        ['rev 0]> ', 'new-sipdomain a.com\n'],
        ['rev 1]> ', '$true\n'],
        ['True', ''],
        ['rev 1]> ', ctrlC],
        ['rev 1]> ', 'exit\n'],
      ],
      { ACCESSIBLE: '1' },
    );
    expect([left, code]).toEqual([[], 0]);
    expect(screen).toContain('a.com');
  });
});
