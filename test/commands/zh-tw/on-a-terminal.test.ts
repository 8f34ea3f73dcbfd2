/** The program in Traditional Chinese, as somebody meets it who sits at a terminal, and as programs never do. */
import { describe, expect, it } from '@jest/globals';

import { chooseLanguage, type Language } from '../../../src/commands/host/language.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { enter, typedOn } from '../../support/typed-on-terminal.ts';
import { xgwIn } from '../../support/xgw.ts';

const taiwan = { XGW_LANG: 'zh-TW', LANG: 'C.UTF-8' };

describe('which language it is', () => {
  type Host = Parameters<typeof chooseLanguage>[1];
  const host = (env: Host['env'], isTTY = true): Host =>
    ({ env, stdout: { isTTY }, stderr: { isTTY } }) as unknown as Host;
  const chosen = (env: Host['env'], given?: Language, system = 'en-US', isTTY = true): Language =>
    chooseLanguage(given, host(env, isTTY), () => system);

  it('-Language, then XGW_LANG, LC_ALL, LC_MESSAGES, LANG, then the system', () => {
    expect(chosen({ XGW_LANG: 'zh-TW' }, 'en')).toBe('en');
    expect(chosen({ XGW_LANG: 'en', LC_ALL: 'zh_TW.UTF-8' })).toBe('en');
    expect(chosen({ LC_ALL: 'zh_TW.UTF-8', LANG: 'de_DE' })).toBe('zh-TW');
    expect(chosen({ LC_MESSAGES: 'en_US', LANG: 'zh_TW' })).toBe('en');
    expect(chosen({ XGW_LANG: '', LANG: 'zh_TW.UTF-8' })).toBe('zh-TW');
    expect(chosen({}, undefined, 'zh-Hant-TW')).toBe('zh-TW');
    expect(chosen({})).toBe('en');
  });

  it.each(['zh_TW', 'zh-TW', 'zh_HK.UTF-8', 'zh-Hant', 'zh-Hant-MO', 'ZH_tw'])('%s has these characters', (tag) => {
    expect(chosen({ LANG: tag })).toBe('zh-TW');
  });

  it.each(['zh_CN.UTF-8', 'zh', 'zh-Hans-TW', 'zht', 'C', 'ja_JP'])('%s has not', (tag) => {
    expect(chosen({ LANG: tag })).toBe('en');
  });

  it('is English where no person sits, and in CI, unless -Language says otherwise', () => {
    expect(chosen({ LANG: 'zh_TW' }, undefined, 'zh-TW', false)).toBe('en');
    expect(chosen({ LANG: 'zh_TW', CI: 'true' })).toBe('en');
    expect(chosen({ CI: 'true' }, 'zh-TW', 'en-US', false)).toBe('zh-TW');
  });
});

describeWithPeers('on a terminal', [peers.script], () => {
  it('help has its headings, sentences and attributes in Chinese, names as they are, in 80 columns', async () => {
    const { screen } = await typedOn(temporaryFolder(), 'get-help new-sipdomain -Full'.split(' '), [], taiwan);
    expect(screen).toContain('名稱\r\n    New-SipDomain');
    expect(screen).toContain('加入此閘道服務的 SIP 網域。');
    expect(screen).toMatch(/ {8}必要？ {23}true/);
    expect(screen).toContain('xgw get-help about_commonparameters');
  });

  it('a question takes 是, and help of the question is Chinese', async () => {
    const folder = temporaryFolder();
    const xgw = xgwIn(`${folder}/store`);
    for (const domain of ['contoso.com', 'fabrikam.com']) await xgw.run('new-sipdomain', domain);
    const keys = [
      { when: '[Y] 是', press: '' },
      { when: '?', press: `?${enter}` },
      { when: 'Y 執行這一項', press: '' },
      { when: '?', press: `是${enter}` },
    ];
    const { screen, code, left } = await typedOn(
      folder,
      'remove-sipdomain fabrikam.com -Confirm'.split(' '),
      keys,
      taiwan,
    );
    expect({ screen, code, left }).toMatchObject({ code: 0, left: [] });
    expect(await xgw.run('get-sipdomain')).toHaveLength(1);
  });

  it('the partner form asks in Chinese, and makes what it would have made', async () => {
    const folder = temporaryFolder();
    const prompts = ['主要網域', '描述', '其他網域', '夥伴類型', 'TLS', 'SASL', '回撥 (Dialback)'];
    const keys = prompts.map((prompt, index) => ({
      when: `? ${prompt} (-`,
      press: `${index === 0 ? 'fabrikam.com' : ''}${enter}`,
    }));
    const summary = [
      { when: '步驟 4/4：摘要', press: '' },
      { when: '? 接下來', press: enter },
    ];
    const { screen, left } = await typedOn(folder, ['new-xmppfederatedpartner'], [...keys, ...summary], taiwan);
    expect({ screen, left }).toMatchObject({ left: [] });
    expect(screen).toContain('步驟 1/4：夥伴  (? 說明，Ctrl-C 取消)');
    expect(screen).toContain('公用網路：在您的使用者加入對方之前');
    expect(screen).toContain('可用的方法：SASL over TLS (TLS 和 SASL 均為必要，因此絕不使用回撥 (Dialback))');
    const [partner] = await xgwIn(`${folder}/store`).run('get-xmppfederatedpartner');
    expect(partner).toMatchObject({ Identity: 'fabrikam.com', PartnerType: 'PublicUnverified' });
  });

  it('an error says in Chinese what it means; message, id and fix are those of every language', async () => {
    const { screen } = await typedOn(temporaryFolder(), 'remove-sipdomain contoso.com'.split(' '), [], taiwan);
    expect(screen).toContain('沒有這個名稱的物件。該名詞的 get- cmdlet 會列出現有的物件。');
    expect(screen).toContain('Id:     ObjectNotFound,Remove-SipDomain');
  });
});

describe('in a pipe', () => {
  it('is English whatever the machine speaks', async () => {
    const xgw = xgwIn(temporaryFolder(), { LANG: 'zh_TW.UTF-8', XGW_LANG: 'zh-TW' });
    expect((await xgw.type('get-help', 'new-sipdomain')).stdout).toContain(
      'Adds a SIP domain that this gateway serves.',
    );
    expect((await xgw.type('remove-sipdomain', 'contoso.com')).stderr).not.toMatch(/\p{Script=Han}/u);
  });

  it('-Language asks for Chinese all the same: an error record has it beside the English', async () => {
    const typed = await xgwIn(temporaryFolder()).type(
      ...'remove-sipdomain contoso.com -Language zh-TW -OutputFormat json'.split(' '),
    );
    expect(JSON.parse(typed.stderr)).toMatchObject({
      Id: 'ObjectNotFound',
      Message: expect.stringMatching(/^[ -~]+$/),
      LocalizedMessage: '沒有這個名稱的物件。該名詞的 get- cmdlet 會列出現有的物件。',
    });
  });
});
