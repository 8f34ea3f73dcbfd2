/** Character encodings of RTF: Windows code pages, and the numbers that fonts have for them [Rich Text Format 1.9.1, \fcharset]. */

/** Of `\ansicpg`. Undefined for a code page that is not known here. */
export function encodingOfCodePage(codePage: number): string | undefined {
  if (codePage >= 1250 && codePage <= 1258) return `windows-${codePage}`;
  return codePages.get(codePage);
}

const codePages: ReadonlyMap<number, string> = new Map([
  [874, 'windows-874'],
  [932, 'shift_jis'],
  [936, 'gbk'],
  [949, 'euc-kr'],
  [950, 'big5'],
  [65_001, 'utf-8'],
]);

const codePageByCharset: ReadonlyMap<number, number> = new Map([
  [0, 1252],
  [128, 932],
  [129, 949],
  [134, 936],
  [136, 950],
  [161, 1253],
  [162, 1254],
  [163, 1258],
  [177, 1255],
  [178, 1256],
  [186, 1257],
  [204, 1251],
  [222, 874],
  [238, 1250],
]);

/** Of `\fcharset`. Undefined: the font says nothing of it, and the encoding is that of the document. */
export function encodingOfCharset(charset: number): string | undefined {
  const codePage = codePageByCharset.get(charset);
  return codePage === undefined ? undefined : encodingOfCodePage(codePage);
}
