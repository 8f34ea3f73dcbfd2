/** Text from SIP as XML can carry it: characters that no XML document may hold become U+FFFD [XML 1.0 §2.2]. */

const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

export const xmlText = (text: string): string => text.replace(forbidden, '\ufffd');
