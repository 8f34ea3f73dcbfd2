/** Bytes of a script as text: UTF-8, or UTF-16LE with the mark that Windows PowerShell writes. */
export function textOfScript(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isWide ? 'utf16le' : 'utf8').replace(/^\ufeff/, '');
}
