/** Scenarios of sipp for a proxy that knows its users without asking for a password: every request is answered at once. */

/** sipp turns each line end of the script into CRLF. */
const scenario = (steps: readonly string[]): string =>
  ['<?xml version="1.0" encoding="ISO-8859-1"?>', '<scenario name="test">', ...steps, '</scenario>'].join('\n');

interface ScenarioRequest {
  readonly method: string;
  readonly uri: string;
  readonly to: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

function send({ method, uri, to, headers = [], body = '' }: ScenarioRequest): string {
  const lines = [
    `${method} ${uri} SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport',
    'Max-Forwards: 70',
    'From: <sip:[user]@[domain]>;tag=[pid]t[call_number]',
    `To: ${to}`,
    'Call-ID: [call_id]',
    `CSeq: 1 ${method}`,
    ...headers,
    'Content-Length: [len]',
  ];
  return `<send retrans="500"><![CDATA[\n${lines.join('\n')}\n\n${body}]]></send>`;
}

const answered = (final: number): readonly string[] => [
  '<recv response="100" optional="true"></recv>',
  `<recv response="${final}"></recv>`,
];

/** Keys: user, domain, contact_port. */
export const registerAtProxy = (): string =>
  scenario([
    send({
      method: 'REGISTER',
      uri: 'sip:[domain]',
      to: '<sip:[user]@[domain]>',
      headers: ['Contact: <sip:[user]@[local_ip]:[contact_port];transport=[transport]>;expires=600'],
    }),
    ...answered(200),
  ]);

/** Keys: user, domain, to (an address of record), body, content_type. */
export const messageThroughProxy = (final: number): string =>
  scenario([
    send({ method: 'MESSAGE', uri: '[to]', to: '<[to]>', headers: ['Content-Type: [content_type]'], body: '[body]' }),
    ...answered(final),
  ]);

/**
 * Keys: user, domain, to. The refusal of an INVITE is not acknowledged here: the proxy has done so towards the server.
 *
 * @param toTag - As if within a dialog.
 */
export const requestThroughProxy = (method: string, final: number, toTag = ''): string =>
  scenario([
    send({
      method,
      uri: '[to]',
      to: `<[to]>${toTag === '' ? '' : `;tag=${toTag}`}`,
      headers: ['Contact: <sip:[user]@[local_ip]:[local_port];transport=[transport]>', 'Event: presence'],
    }),
    ...answered(final),
  ]);

const reply = (status: string, via: string, cSeq: string): string =>
  `<send><![CDATA[
SIP/2.0 ${status}
${via}
[last_From:]
[last_To:];tag=[pid]r[call_number]
[last_Call-ID:]
${cSeq}
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
Content-Length: 0

]]></send>`;

const viaOfInvite = [1, 2].map(
  (at) => `<ereg regexp=".*" search_in="hdr" header="Via:" occurrence="${at}" assign_to="via${at}"/>`,
);

/** A device that rings and is not taken: its answer to the INVITE is the one to the CANCEL. */
export const ringsUntilCancelled = (): string =>
  scenario([
    `<recv request="INVITE"><action>${viaOfInvite.join('')}</action></recv>`,
    reply('180 Ringing', '[last_Via:]', '[last_CSeq:]'),
    '<recv request="CANCEL"></recv>',
    reply('200 OK', '[last_Via:]', '[last_CSeq:]'),
    reply('487 Request Terminated', 'Via:[$via1]\nVia:[$via2]', 'CSeq: 1 INVITE'),
    '<recv request="ACK"></recv>',
  ]);
