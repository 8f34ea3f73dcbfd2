/** Bytes of a file as text: UTF-8, or UTF-16 with a byte order mark in either order, as Windows PowerShell writes it. */

/** The byte order mark is not part of the text; what is no text becomes U+FFFD. */
export function decodedText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  return new TextDecoder(first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8').decode(bytes);
}
