/** What the shell would read in front of the cursor. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { readTypedLine, type Shell, shells } from '../../../src/commands/completion/typed-line.ts';

const seen = (line: string, shell: Shell = 'bash'): readonly string[] => {
  const { words, current } = readTypedLine(line, shell);
  return [...words, `${current.quote}${current.value}|`];
};

describe('the command that is being typed', () => {
  it.each([
    ['xgw ', ['|']],
    ['xgw get-', ['get-|']],
    ['xgw get-user  sip:a', ['get-user', 'sip:a|']],
    ['xgw get-user | xgw set-', ['set-|']],
    ['xgw get-user|xgw set-user - -De', ['set-user', '-', '-De|']],
    ['xgw stop-service && xgw start-', ['start-|']],
    ['xgw stop-service; xgw start-', ['start-|']],
    ['for x in $(xgw get-u', ['get-u|']],
    ['echo "$(xgw get-u', ['get-u|']],
    ['echo `xgw get-u', ['get-u|']],
    ['xgw set-user $(cat name) -De', ['set-user', '$', '-De|']],
    ['xgw set-user "$(cat name)" -De', ['set-user', '$', '-De|']],
    ['sudo -u xgw xgw get-', ['xgw', 'get-|']],
    ['sudo /usr/local/bin/xgw get-', ['get-|']],
    ['echo "a | b"; xgw get-', ['get-|']],
    ['xgw get-user 2>&1 | xgw set-', ['set-|']],
    ['xgw get-user 2>errors -Fil', ['get-user', '-Fil|']],
  ])('%s', (line, expected) => expect(seen(line)).toEqual(expected));

  it('knows that a redirection takes a file', () => {
    expect(readTypedLine('xgw get-user > us', 'zsh').redirects).toBe(true);
    expect(readTypedLine('xgw get-user > users ', 'zsh').redirects).toBe(false);
  });

  it('knows variables that are set for the command alone', () => {
    expect(readTypedLine('A=1 XGW_HOME="my lab" xgw get-', 'bash').variables).toEqual({ A: '1', XGW_HOME: 'my lab' });
  });
});

describe('quotes', () => {
  it.each<[Shell, string, readonly string[]]>([
    ['bash', `xgw new-x "ERP partner" 'it''s' a\\ b c`, ['new-x', 'ERP partner', 'its', 'a b', 'c|']],
    ['bash', 'xgw new-x "ERP par', ['new-x', '"ERP par|']],
    ['zsh', String.raw`xgw new-x "say \"hi\" \a`, ['new-x', String.raw`"say "hi" \a|`]],
    ['bash', String.raw`xgw new-x 'a\' b`, ['new-x', 'a\\', 'b|']],
    ['fish', String.raw`xgw new-x 'it\'s`, ['new-x', "'it's|"]],
    ['pwsh', 'xgw new-x \'it\'\'s\' "a `"b`" ""c""" d', ['new-x', "it's", 'a "b" "c"', 'd|']],
    ['pwsh', 'xgw new-x C:\\temp\\', ['new-x', 'C:\\temp\\|']],
    ['pwsh', 'xgw get-user | ForEach-Object { xgw set-', ['set-|']],
  ])('%s reads %s', (shell, line, expected) => expect(seen(line, shell)).toEqual(expected));

  it('any value that is put into single quotes comes back', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.constantFrom(...shells), (value, shell) => {
        const inside = { bash: `'\\''`, zsh: `'\\''`, fish: String.raw`\'`, pwsh: "''" }[shell];
        const escaped = (shell === 'fish' ? value.replaceAll('\\', '\\\\') : value).replaceAll("'", () => inside);
        expect(readTypedLine(`xgw x '${escaped}' `, shell).words).toEqual(['x', value]);
      }),
    );
  });

  it('reads whatever is typed', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...shells), (line, shell) => {
        expect(readTypedLine(line, shell).current.raw.length).toBeLessThanOrEqual(line.length + 3);
      }),
    );
  });
});
