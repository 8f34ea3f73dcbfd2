import { describe, expect, it } from '@jest/globals';

import {
  ackFor,
  dialogFromRequest,
  dialogFromResponse,
  dialogKeyOfRequest,
  keyOfDialog,
  nextHopUri,
  nextRequest,
  receiveInDialog,
  receiveResponse,
} from '../../../src/gateway/sip/dialog.ts';
import type { SipRequest, SipResponse } from '../../../src/gateway/sip/message.ts';
import { wireMessage } from './wire.ts';

const head = (method: string, cSeq: number, more: readonly string[], toTag = ''): string =>
  [
    'Via: SIP/2.0/TLS pool.contoso.com;branch=z9hG4bKx',
    'From: "Alice" <sip:alice@contoso.com>;tag=2334133829;epid=3141842e078f',
    `To: <sip:bob@fabrikam.com>${toTag}`,
    'Call-ID: c1',
    `CSeq: ${cSeq} ${method}`,
    ...more,
    '\r\n',
  ].join('\r\n');

const request = (method: string, cSeq: number, more: readonly string[] = [], toTag = ''): SipRequest =>
  wireMessage(`${method} sip:bob@fabrikam.com SIP/2.0\r\n${head(method, cSeq, more, toTag)}`) as SipRequest;
const response = (status: number, method: string, more: readonly string[]): SipResponse =>
  wireMessage(`SIP/2.0 ${status} OK\r\n${head(method, 7, more, ';tag=remote')}`) as SipResponse;

const gruu = '<sip:alice@contoso.com;opaque=user:epid:AAE;gruu>';
const recordRoute = ['Record-Route: <sip:p1.contoso.com;lr;ms-key-info=x>, <sip:p2.contoso.com;lr>'];

function accepted<Value>(result: { ok: true; value: Value } | { ok: false; error: unknown }): Value {
  if (!result.ok) throw new Error(String(result.error));
  return result.value;
}

const asUas = () => accepted(dialogFromRequest(request('INVITE', 5, [`Contact: ${gruu}`, ...recordRoute]), 'local'));
const asUac = () => accepted(dialogFromResponse(response(200, 'INVITE', [`Contact: ${gruu}`, ...recordRoute])));

describe('dialogs [RFC 3261 §12]', () => {
  it('UAS: MUST keep the route set in the order of Record-Route [§12.1.1]', () => {
    expect(asUas()).toMatchObject({
      localTag: 'local',
      remoteTag: '2334133829',
      remoteCSeq: 5,
      localCSeq: 0,
      remoteTarget: 'sip:alice@contoso.com;opaque=user:epid:AAE;gruu',
      routeSet: ['<sip:p1.contoso.com;lr;ms-key-info=x>', '<sip:p2.contoso.com;lr>'],
    });
  });

  it('UAC: MUST reverse it [§12.1.2]', () => {
    expect(asUac()).toMatchObject({
      localTag: '2334133829',
      remoteTag: 'remote',
      localCSeq: 7,
      remoteCSeq: undefined,
      routeSet: ['<sip:p2.contoso.com;lr>', '<sip:p1.contoso.com;lr;ms-key-info=x>'],
    });
  });

  it('a peer without a Contact makes no dialog', () => {
    expect(dialogFromRequest(request('INVITE', 5), 'local').ok).toBe(false);
    expect(dialogFromResponse(response(200, 'INVITE', [])).ok).toBe(false);
  });

  it('MUST count CSeq up, send to the remote target by way of the routes, and give epid back [§12.2.1.1, MS-SIPRE 3.2.4.1]', () => {
    const first = nextRequest(asUas(), 'MESSAGE', [['Content-Type', 'text/plain']], Buffer.from('hi'));
    const second = nextRequest(first.dialog, 'BYE');
    expect(first.request.requestUri).toBe('sip:alice@contoso.com;opaque=user:epid:AAE;gruu');
    expect(first.request.headers.getAll('Route')).toEqual([
      '<sip:p1.contoso.com;lr;ms-key-info=x>',
      '<sip:p2.contoso.com;lr>',
    ]);
    expect(first.request.headers.get('To')).toBe('"Alice" <sip:alice@contoso.com>;tag=2334133829;epid=3141842e078f');
    expect(first.request.headers.get('From')).toBe('<sip:bob@fabrikam.com>;tag=local');
    expect([first, second].map(({ request: made }) => made.headers.get('CSeq'))).toEqual(['1 MESSAGE', '2 BYE']);
    expect(nextHopUri(asUas())).toBe('sip:p1.contoso.com;lr;ms-key-info=x');
  });

  it('a first route without lr is a strict router: it takes the Request-URI, the target goes last [§12.2.1.1]', () => {
    const dialog = accepted(
      dialogFromRequest(
        request('INVITE', 5, [`Contact: ${gruu}`, 'Record-Route: <sip:strict.example>, <sip:p2;lr>']),
        'l',
      ),
    );
    const { request: made } = nextRequest(dialog, 'BYE');
    expect([made.requestUri, ...made.headers.getAll('Route')]).toEqual(['sip:strict.example', '<sip:p2;lr>', gruu]);
  });

  it('the ACK of a 2xx has the number of its INVITE [§13.2.2.4]', () => {
    expect(ackFor(asUac(), 7).headers.get('CSeq')).toBe('7 ACK');
  });

  it('MUST answer 500 to a CSeq number that is not higher [§12.2.2]', () => {
    expect(receiveInDialog(asUas(), request('MESSAGE', 5, [], ';tag=local'))).toEqual({ ok: false, error: 500 });
    expect(receiveInDialog(asUas(), request('MESSAGE', 60, [], ';tag=local'))).toMatchObject({
      value: { remoteCSeq: 60 },
    });
    expect(receiveInDialog(asUas(), request('ACK', 5, [], ';tag=local')).ok).toBe(true);
  });

  it('only target refresh requests move the remote target [§12.2.2]', () => {
    const moved = ['Contact: <sip:alice@192.0.2.9>'];
    expect(accepted(receiveInDialog(asUas(), request('INVITE', 6, moved))).remoteTarget).toBe('sip:alice@192.0.2.9');
    expect(accepted(receiveInDialog(asUas(), request('MESSAGE', 6, moved))).remoteTarget).toContain('gruu');
    expect(receiveResponse(asUac(), response(200, 'SUBSCRIBE', moved)).remoteTarget).toBe('sip:alice@192.0.2.9');
    expect(receiveResponse(asUac(), response(404, 'SUBSCRIBE', moved)).remoteTarget).toContain('gruu');
  });

  it('a request finds its dialog by Call-ID and both tags, and none without a To tag', () => {
    expect(dialogKeyOfRequest(request('BYE', 6, [], ';tag=local'))).toBe(keyOfDialog(asUas()));
    expect(dialogKeyOfRequest(request('BYE', 6, [], ';tag=other'))).not.toBe(keyOfDialog(asUas()));
    expect(dialogKeyOfRequest(request('INVITE', 6))).toBeUndefined();
  });
});
