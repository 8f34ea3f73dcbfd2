import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { jwkOf, jwkThumbprint, signEs256, signHs256 } from '../../../src/operations/online-authority/acme/jws.ts';

describe('JSON Web Signatures', () => {
  it('by ES256 have the two numbers side by side [RFC 7518 §3.4]', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jws = signEs256({ nonce: 'n' }, '{"a":1}', privateKey);
    const signature = Buffer.from(jws.signature, 'base64url');
    expect(signature).toHaveLength(64);
    const signed = Buffer.from(`${jws.protected}.${jws.payload}`);
    expect(verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    expect(JSON.parse(Buffer.from(jws.protected, 'base64url').toString())).toEqual({ alg: 'ES256', nonce: 'n' });
  });

  it('of a request that only reads have an empty payload, not an empty object [RFC 8555 §6.3]', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(signEs256({}, '', privateKey).payload).toBe('');
  });

  it('by HS256 are an HMAC over both parts', () => {
    const { signature } = signHs256({ kid: 'k' }, '{}', Buffer.from('key'));
    // printf '%s' eyJhbGciOiJIUzI1NiIsImtpZCI6ImsifQ.e30 | openssl dgst -sha256 -hmac key -binary | basenc --base64url
    expect(signature).toBe('ymxvZk7XvPd2nRzl1ErVQfzUCOU24Dcau1Rdg9XUaRw');
  });

  it('name a key by its thumbprint: members in order, without white space [RFC 7638 §3]', () => {
    // The key of RFC 7515 appendix A.3.
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    };
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    expect(Object.keys(jwkOf(key))).toEqual(['crv', 'kty', 'x', 'y']);
    expect(jwkThumbprint(jwkOf(key))).toBe('oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U');
  });
});
