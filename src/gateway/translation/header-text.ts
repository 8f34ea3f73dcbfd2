/** Text from a stanza as a SIP header value: one line, no control characters, bounded. */

/** Characters of a Subject that cross. */
const maxLength = 1000;

export const escapeHeaderText = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .slice(0, maxLength);
