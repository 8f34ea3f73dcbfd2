import { describe, expect, it } from '@jest/globals';

import type { SipRequest } from '../../../../src/gateway/sip/message.ts';
import { parseMessage } from '../../../../src/gateway/sip/message-parser.ts';
import { clientKey, mergeKey, serverKey } from '../../../../src/gateway/sip/transactions/transaction-table.ts';

interface Parts {
  readonly method?: string;
  readonly via?: string;
  readonly toTag?: string;
  readonly cSeq?: number;
  readonly uri?: string;
}

function request({
  method = 'INVITE',
  via = 'SIP/2.0/UDP h:5060;branch=z9hG4bKa',
  toTag,
  cSeq = 1,
  uri = 'sip:bob@x',
}: Parts): SipRequest {
  const to = toTag === undefined ? '<sip:bob@x>' : `<sip:bob@x>;tag=${toTag}`;
  const text = `${method} ${uri} SIP/2.0\r\nVia: ${via}\r\nFrom: <sip:a@x>;tag=f\r\nTo: ${to}\r\nCall-ID: c\r\nCSeq: ${cSeq} ${method}\r\n\r\n`;
  const message = parseMessage(Buffer.from(text));
  if (!message.ok || message.value.kind !== 'request') throw new Error('unexpected');
  return message.value;
}

const branchless = 'SIP/2.0/tcp 127.0.0.1:42236';

describe('server transaction matching [RFC 3261 §17.2.3]', () => {
  it('MUST match by branch, sent-by and method', () => {
    const key = serverKey(request({}));
    expect(serverKey(request({ cSeq: 2, uri: 'sip:other@x' }))).toBe(key);
    expect(serverKey(request({ via: 'SIP/2.0/UDP h:5060;branch=z9hG4bKb' }))).not.toBe(key);
    expect(serverKey(request({ via: 'SIP/2.0/UDP h:5061;branch=z9hG4bKa' }))).not.toBe(key);
    expect(serverKey(request({ method: 'MESSAGE' }))).not.toBe(key);
  });

  it('MUST match an ACK to its INVITE', () => {
    expect(serverKey(request({ method: 'ACK', toTag: 't' }))).toBe(serverKey(request({})));
  });

  it('MUST match a CANCEL to the request it cancels, and not to itself', () => {
    const cancel = request({ method: 'CANCEL' });
    expect(serverKey(cancel, 'INVITE')).toBe(serverKey(request({})));
    expect(serverKey(cancel)).not.toBe(serverKey(request({})));
  });

  it('MUST match peers without a branch by Request-URI, From tag, Call-ID, CSeq number and top Via (RFC 2543)', () => {
    const key = serverKey(request({ via: branchless }));
    expect(serverKey(request({ via: branchless }))).toBe(key);
    expect(serverKey(request({ via: branchless, method: 'ACK', toTag: 't' }))).toBe(key);
    expect(serverKey(request({ via: branchless, cSeq: 2 }))).not.toBe(key);
    expect(serverKey(request({ via: branchless, uri: 'sip:carol@x' }))).not.toBe(key);
    expect(serverKey(request({ via: 'SIP/2.0/tcp 127.0.0.1:42237' }))).not.toBe(key);
    expect(serverKey(request({ via: branchless, method: 'INFO' }))).not.toBe(key);
  });

  it('treats a branch that is only the cookie as none [RFC 4475 §3.2.1]', () => {
    const via = 'SIP/2.0/UDP h;branch=z9hG4bK';
    expect(serverKey(request({ via }))).not.toBe(serverKey(request({ via, cSeq: 2 })));
  });

  it('sees the same request on two ways as merged, but only outside of dialogs [RFC 3261 §8.2.2.2]', () => {
    expect(mergeKey(request({ via: 'SIP/2.0/UDP p;branch=z9hG4bKb' }))).toBe(mergeKey(request({})));
    expect(mergeKey(request({ toTag: 't' }))).toBeUndefined();
  });
});

describe('client transaction matching [RFC 3261 §17.1.3]', () => {
  it('MUST match by branch and CSeq method, since a CANCEL has the branch of its INVITE', () => {
    const response = (method: string) => {
      const text = `SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:a@x>;tag=f\r\nTo: <sip:b@x>\r\nCall-ID: c\r\nCSeq: 1 ${method}\r\n\r\n`;
      const message = parseMessage(Buffer.from(text));
      if (!message.ok || message.value.kind !== 'response') throw new Error('unexpected');
      return clientKey(message.value);
    };
    expect(response('INVITE')).toBe('z9hG4bKa\nINVITE');
    expect(response('CANCEL')).not.toBe(response('INVITE'));
  });
});
