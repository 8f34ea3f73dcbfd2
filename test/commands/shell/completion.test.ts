/** Tab in the management shell, and what its history keeps. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { describeDefinitions } from '../../../src/commands/completion/describe-definitions.ts';
import { mayHoldSecret } from '../../../src/commands/host/secret-words.ts';
import { cmdlets } from '../../../src/commands/index.ts';
import { completions } from '../../../src/commands/shell/completion.ts';
import { openHistory } from '../../../src/commands/shell/history.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const sources = {
  definitions: describeDefinitions(cmdlets),
  stored: () => [{ text: 'fabrikam.com', about: '' }],
};

describe('Tab', () => {
  it.each([
    ['Set-XmppFed', ['Set-XmppFederatedPartner'], 'Set-XmppFed'],
    ['get-user | where-obj', ['where-object'], 'where-obj'],
    ['foreach ($p in get-us', ['get-user'], 'get-us'],
    ['$x = get-us', ['get-user'], 'get-us'],
    ['set-xmppfederatedpartner fab', ['fabrikam.com'], 'fab'],
    ['set-xmppfederatedpartner "fab', ['"fabrikam.com'], '"fab'],
    ['set-xmppfederatedpartner x -TlsNegotiation o', ['Optional'], 'o'],
    ['get-user; set-xmppfederatedpartner x -TlsN', ['-TlsNegotiation'], '-TlsN'],
    ['"$par', ['$partners'], '$par'],
    ['$LAST', ['$LASTEXITCODE'], '$LAST'],
    ["get-user 'a | get-us", [], "'a | get-us"],
  ])('%s', (line, candidates, end) => {
    expect(completions(line, sources, ['partners'])).toEqual([candidates, end]);
  });
});

describe('the history', () => {
  it.each([
    ['$password = "x"', true],
    ['new-user a@b.c -Password hunter2', true],
    ['set-xmppgatewayconfiguration -DialbackPassphrase:x', true],
    ['request-certificate -AcmeEabHmacKey x', true],
    ['new-user a@b.c -PasswordFile p.txt', false],
    ['get-user', false],
  ])('%s', (line, isSecret) => {
    expect(mayHoldSecret(line)).toBe(isSecret);
  });

  it('keeps the newest lines first, each once in a row, and no empty one', () => {
    const folder = temporaryFolder();
    const history = openHistory(folder);
    for (const line of ['get-user', 'get-user', '', '$secret = 1', 'get-help']) history.add(line);
    expect(history.lines).toEqual(['get-help', 'get-user']);
    expect(openHistory(folder).lines).toEqual(['get-help', 'get-user']);
    expect(readFileSync(path.join(folder, 'state', 'shell-history'), 'utf8')).toBe('get-user\nget-help\n');
    for (let index = 0; index < 1100; index += 1) history.add(`get-user ${index}`);
    expect(openHistory(folder).lines).toHaveLength(1000);
  });

  it('that cannot be written stops nobody', () => {
    openHistory('/dev/null/nowhere').add('get-user');
  });
});
