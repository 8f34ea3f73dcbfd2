/** SIP as much as a phone of a round needs: whole messages out of bytes, and the few headers that it looks at. */

export interface SipText {
  /** Request line or status line. */
  readonly first: string;
  readonly head: string;
  readonly body: string;
}

/** The whole messages at the beginning, and what is left of the bytes. White space between messages is a keep-alive. */
export function splitMessages(bytes: Buffer): { readonly messages: readonly SipText[]; readonly rest: Buffer } {
  const messages: SipText[] = [];
  let rest = bytes;
  for (;;) {
    while (rest[0] === 13 || rest[0] === 10) rest = rest.subarray(1);
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return { messages, rest };
    const head = rest.subarray(0, end).toString('utf8');
    const length = Number(headerOf(head, 'Content-Length') ?? 0);
    const from = end + 4;
    if (rest.length < from + length) return { messages, rest };
    const body = rest.subarray(from, from + length).toString('utf8');
    messages.push({ first: head.split('\r\n', 1)[0] ?? '', head, body });
    rest = rest.subarray(from + length);
  }
}

export const headerOf = (head: string, name: string): string | undefined =>
  new RegExp(`^${name}\\s*:\\s*(.*)$`, 'im').exec(head)?.[1];

/** The transaction it belongs to [RFC 3261 §17.1.3]. */
export const branchOf = (head: string): string => /^Via:.*;branch=([^;\s,]+)/im.exec(head)?.[1] ?? '';

/** `sip:user@domain` of a From or To. */
export const addressIn = (head: string, name: string): string =>
  /sips?:([^;>\s]+)/i.exec(headerOf(head, name) ?? '')?.[1] ?? '';

/** [RFC 3261 §8.2.6.2] */
export function responseTo({ head }: SipText, status: number, reason: string): string {
  const copied = head.split('\r\n').filter((line) => /^(?:Via|From|Call-ID|CSeq):/i.test(line));
  return [`SIP/2.0 ${status} ${reason}`, ...copied, `${lineOf(head, 'To')};tag=far`, 'Content-Length: 0', '', ''].join(
    '\r\n',
  );
}

const lineOf = (head: string, name: string): string => new RegExp(`^${name}:.*$`, 'im').exec(head)?.[0] ?? '';

export interface Page {
  /** Bare addresses, `user@domain`. */
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** Its sender asks to be told when it fails, under this id [RFC 5438]. */
  readonly notifiedAs?: string;
}

export interface Way {
  readonly transport: 'udp' | 'tcp';
  /** Of the phone. */
  readonly port: number;
  readonly branch: string;
}

export function messageRequest({ from, to, body, notifiedAs }: Page, { transport, port, branch }: Way): string {
  const content = notifiedAs === undefined ? body : cpim({ from, to, body, notifiedAs });
  return [
    `MESSAGE sip:${to} SIP/2.0`,
    `Via: SIP/2.0/${transport.toUpperCase()} 127.0.0.1:${port};branch=${branch}`,
    'Max-Forwards: 70',
    `From: <sip:${from}>;tag=${branch.slice(-6)}`,
    `To: <sip:${to}>`,
    `Call-ID: ${branch}@phone`,
    'CSeq: 1 MESSAGE',
    `Content-Type: ${notifiedAs === undefined ? 'text/plain;charset=UTF-8' : 'message/cpim'}`,
    `Content-Length: ${Buffer.byteLength(content)}`,
    '',
    content,
  ].join('\r\n');
}

const cpim = ({ from, to, body, notifiedAs }: Required<Page>): string =>
  [
    `From: <sip:${from}>`,
    `To: <sip:${to}>`,
    'NS: imdn <urn:ietf:params:imdn>',
    `imdn.Message-ID: ${notifiedAs}`,
    `DateTime: ${new Date().toISOString()}`,
    'imdn.Disposition-Notification: negative-delivery',
    '',
    'Content-Type: text/plain;charset=UTF-8',
    '',
    body,
  ].join('\r\n');
