/** Missing values, on a real terminal and off one: asked for with help, or all named at once. */
import { readdirSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ctrlC, enter, typedOn } from '../../support/typed-on-terminal.ts';
import { xgwIn } from '../../support/xgw.ts';

describeWithPeers('on a terminal', [peers.script], () => {
  it('what is missing is announced and asked for, !? and ? help, and an answer that will not do is asked for again', async () => {
    const folder = temporaryFolder();
    const { code, left, screen } = await typedOn(
      folder,
      ['new-sipdomain'],
      [
        { when: 'New-SipDomain needs Identity.  (!? for help, Ctrl-C cancel)', press: '' },
        { when: 'Identity (Domain)', press: `!?${enter}` },
        { when: 'The SIP domain.', press: `?${enter}` },
        { when: 'The SIP domain.', press: `contoso${enter}` },
        { when: 'has one label only', press: `.com${enter}` },
      ],
    );
    expect([code, left]).toEqual([0, []]);
    expect(screen).toContain('SIP domain contoso.com created');
  });

  it('only what is missing is asked for', async () => {
    const { code, screen, left } = await typedOn(
      temporaryFolder(),
      ['new-siproute', 'contoso.com'],
      [{ when: 'New-SipRoute needs NextHop.', press: ctrlC }],
    );
    expect([code, left]).toEqual([130, []]);
    expect(screen).not.toContain('Identity (Domain)');
  });

  it('a password is asked for twice, shows nothing, not its length either, and two that differ are asked for again', async () => {
    const folder = temporaryFolder();
    const site = xgwIn(path.join(folder, 'store'));
    await site.run('new-sipdomain', 'contoso.com');
    const question = 'Password of sip:alice@contoso.com';
    const { code, left, raw } = await typedOn(
      folder,
      ['new-user', 'sip:alice@contoso.com'],
      [
        { when: question, press: `hunter2 and more${enter}` },
        { when: `${question} (again)`, press: `hunter3 and more${enter}` },
        { when: 'The two entries differ.', press: '' },
        { when: question, press: `\u0014hunter2 and more${enter}` },
        { when: `${question} (again)`, press: `hunter2 and more${enter}` },
      ],
    );
    expect([code, left]).toEqual([0, []]);
    expect(raw).not.toMatch(/hunter|\*/);
    expect(await site.run('get-user')).toMatchObject([{ CanRegister: true }]);
  });

  it('Ctrl-C at a question ends with 130, and nothing is written', async () => {
    const folder = temporaryFolder();
    const keys = [{ when: 'Identity (Domain)', press: ctrlC }];
    const { code, left, screen } = await typedOn(folder, ['new-sipdomain'], keys);
    expect([code, left]).toEqual([130, []]);
    expect(screen).toContain('stopped at a question; nothing was changed.');
    expect(readdirSync(folder)).toEqual(['pid']);
  });

  it('without NO_COLOR questions have colours, with it they have none, and plain ones never', async () => {
    const keys = [{ when: 'Identity (Domain)', press: ctrlC }];
    const on = async (more: Readonly<Record<string, string>>) =>
      (await typedOn(temporaryFolder(), ['new-sipdomain'], keys, more)).raw;
    const colour = /\u001b\[[\d;]*m/;
    expect(await on({ NO_COLOR: '' })).toMatch(colour);
    expect((await on({ NO_COLOR: '1' })).replaceAll(/\u001b\[(?:1|2|22|0)?m/g, '')).not.toMatch(colour);
    expect(await on({ NO_COLOR: '', ACCESSIBLE: '1' })).not.toContain('\u001b[2K');
  });

  it.each([
    [['-NonInteractive'], {}],
    [['--no-input'], {}],
    [[], { CI: 'true' }],
    [[], { XGW_NONINTERACTIVE: '1' }],
    [[], { TERM: 'dumb' }],
  ])('nobody is asked with %j and %j: exit 4', async (words, more: Readonly<Record<string, string>>) => {
    const { code, screen } = await typedOn(temporaryFolder(), ['grant-externalaccesspolicy', ...words], [], more);
    expect([code, screen]).toEqual([4, expect.stringContaining('-Identity, -PolicyName are missing.')]);
  });
});

describe('off a terminal', () => {
  it('all that is missing is named at once, with the command line to complete: exit 4', async () => {
    const { code, stdout, stderr } = await xgwIn(temporaryFolder()).type('new-siproute', '-SessionMode', 'Pager');
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toContain('-Identity, -NextHop are missing.');
    expect(stderr).toContain('Fix:    xgw new-siproute -SessionMode Pager -Identity <Domain> -NextHop <');
  });

  it('not even where standard error alone is a terminal: a silent pipe is no person', async () => {
    const { code, stderr } = await xgwIn(temporaryFolder()).type('new-user', 'sip:alice@contoso.com');
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining('Id: ')]);
    expect([4, 5]).toContain(code);
  });
});
