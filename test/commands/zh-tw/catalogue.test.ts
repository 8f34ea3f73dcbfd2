/** The Chinese catalogue: complete, current, in the words of the glossary, and with everything in it that programs and people type. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { textsToTranslate } from '../../../src/commands/documentation/texts-to-translate.ts';
import { displayWidth } from '../../../src/commands/host/cell-text.ts';
import { describeCmdlet } from '../../../src/commands/host/cmdlet.ts';
import { cmdlets } from '../../../src/commands/index.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const readJson = (file: string): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Readonly<Record<string, string>>;

const texts = textsToTranslate(cmdlets.map(describeCmdlet));
const chinese = readJson('dist/zh-tw.json');
const pairs = Object.keys(texts).map((text) => ({ text, translation: chinese[text] ?? '' }));

it('the sentences to translate are those of the definitions; npm run docs makes it so', () => {
  expect(Object.keys(readJson('src/commands/zh-tw/english.json'))).toEqual(Object.keys(texts));
});

it('every sentence has a translation, and no translation is left over', () => {
  expect(Object.keys(chinese).toSorted()).toEqual(Object.keys(texts).toSorted());
  expect(pairs.filter(({ translation }) => translation.trim() === '')).toEqual([]);
});

/** What must stand in both, as often as one likes. */
const kept = [
  /\{\w+\}/g,
  /(?<![\w-])-[A-Z][A-Za-z0-9]+/g,
  /\b(?:xgw )?[a-z]+-[a-z]{4,}\b(?= -|\b)/g,
  /\b(?:XGW_|about_)\w+/g,
  /\b[A-Z][a-z]+[A-Z]\w+/g,
  /\b(?:RFC \d+|XEP-\d+)/g,
];
const names = new Set(
  cmdlets.flatMap(({ name, aliases = [] }) => [name, ...aliases].map((each) => each.toLowerCase())),
);

/** Lower-case words with a hyphen count only when they are cmdlets: English has others. */
const keptIn = (text: string): readonly string[] =>
  [...new Set(kept.flatMap((pattern) => [...text.matchAll(pattern)].map(([word]) => word)))]
    .filter((word) => !/^(?:xgw )?[a-z]+-/.test(word) || names.has(word.replace('xgw ', '')))
    .toSorted();

it('placeholders, cmdlets, parameters, names and numbers of documents stay as they are', () => {
  const altered = pairs.filter(({ text, translation }) => keptIn(text).join() !== keptIn(translation).join());
  expect(altered.map(({ text, translation }) => [text, keptIn(text), keptIn(translation)])).toEqual([]);
});

describe('the glossary', () => {
  /** Where the English has the first, the Chinese has the second. */
  it.each([
    [/(?<![-/])\bpartners?\b/i, /夥伴|同盟/],
    [/\bdialback\b/i, /回撥 \(Dialback\)|Dialback/],
    [/\bcertificate requests?\b/i, /憑證要求/],
    [/\bprivate keys?\b/i, /私密金鑰/],
    [/(?<![-/])\bgateway\b/i, /閘道|GatewayConfiguration/],
    [/(?<![-/])\bpresence\b/i, /目前狀態|Presence/],
    [/(?<![-/])\bcontacts?\b/i, /連絡人|Contact|contact/],
    [/\bsubject alternative name/i, /主體別名/],
    [/\bpolic(?:y|ies)\b/i, /原則|[Pp]olicy/],
  ])('%s', (english, wanted) => {
    const wrong = pairs.filter(({ text, translation }) => english.test(text) && !wanted.test(translation));
    expect(wrong).toEqual([]);
  });

  const wrongWords =
    '協力廠商,同伴,廠商,合作夥伴,公用驗證,回調,交涉,請求,導入,私鑰,主題備用名稱,網關,狀態筆記,聯繫,聯絡人,信息,默認,服務器,配置,網絡,端口,數據,打印,運行,支持,通過網,隊列,日誌,加載,字符,消息,軟件,查看,創建,刷新,導出,缺省';
  it.each(wrongWords.split(','))('%s is not said', (word) => {
    expect(pairs.filter(({ translation }) => translation.includes(word))).toEqual([]);
  });

  it('a process is not a programme', () => {
    expect(pairs.filter(({ translation }) => /(?<!處理)程序/.test(translation))).toEqual([]);
  });
});

describe('typography', () => {
  it('a space stands between Chinese and Latin, and Chinese punctuation behind Chinese', () => {
    const faults = /\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}|\p{Script=Han}[,;:?!](?:\s|$)/u;
    expect(pairs.filter(({ translation }) => faults.test(translation))).toEqual([]);
  });

  it('a sentence ends as a sentence', () => {
    const oneLine = pairs.filter(({ text }) => !text.includes('\n') && !text.endsWith('Ltd.'));
    expect(oneLine.filter(({ text, translation }) => text.endsWith('.') !== translation.endsWith('。'))).toEqual([]);
  });

  it('pages that are laid out fit a terminal of 80 columns', () => {
    const lines = pairs.filter(({ text }) => text.includes('\n')).flatMap(({ translation }) => translation.split('\n'));
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([]);
  });
});
