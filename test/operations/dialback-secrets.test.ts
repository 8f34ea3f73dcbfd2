/** The rotation of the dialback secret, as db:verify sees it: on the wire, by a server that asks whether a key is ours. */
import { describe, expect, it } from '@jest/globals';

import { dialbackKey } from '../../src/gateway/xmpp/dialback-key.ts';
import { dialbackSecrets } from '../../src/operations/dialback-secrets.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { Secret } from '../../src/primitives/secret.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { movableClock } from '../support/movable-clock.ts';
import { createAuthority } from '../support/pki.ts';
import { openSecured } from '../support/raw-stream.ts';
import { row, startFederation } from '../support/xmpp-federation.ts';

const authority = createAuthority('rotation-root');
const fiveMinutes = 300_000;

describe('the dialback secret', () => {
  it('before a rotation is good for five minutes more, and then no key of it is ours', async () => {
    const clock = movableClock();
    let stored = new Secret('first');
    const { reload, ...secrets } = dialbackSecrets(() => stored, clock.wallTime);
    const dns = await startDnsServer();
    const contoso = await startFederation({
      domains: ['contoso.example'],
      dns: dns.address,
      certificate: authority.issue({ names: ['contoso.example'] }),
      root: authority.rootPem,
      partners: { 'fabrikam.example': row('required', 'optional', true) },
      secrets,
    });
    const peer = await openSecured(contoso.port, { from: 'fabrikam.example', to: 'contoso.example' });
    await peer.hears(/<\/stream:features>/);
    let asked = 0;
    const verdictOn = async (secret: Secret): Promise<string | undefined> => {
      asked += 1;
      const [receiving, originating, streamId] = ['fabrikam.example', 'contoso.example', `stream${asked}`];
      const claim = { receiving: receiving as DomainName, originating: originating as DomainName, streamId };
      const key = dialbackKey(secret, claim);
      peer.send(`<db:verify from='${receiving}' to='${originating}' id='${streamId}'>${key}</db:verify>`);
      const [, verdict] = await peer.hears(new RegExp(`<db:verify [^>]*id="${streamId}" type="(\\w+)"`));
      return verdict;
    };
    const [first, second] = [stored, new Secret('second')];
    expect([await verdictOn(first), await verdictOn(second)]).toEqual(['valid', 'invalid']);
    stored = second;
    reload();
    expect([await verdictOn(first), await verdictOn(second)]).toEqual(['valid', 'valid']);
    clock.advance(fiveMinutes - 1);
    // What is read again without having changed prolongs nothing.
    reload();
    expect([await verdictOn(first), await verdictOn(second)]).toEqual(['valid', 'valid']);
    clock.advance(1);
    expect([await verdictOn(first), await verdictOn(second)]).toEqual(['invalid', 'valid']);
  });

  it('makes every new key at once, and one rotation after another leaves the last one before', () => {
    const clock = movableClock();
    let stored = new Secret('first');
    const secrets = dialbackSecrets(() => stored, clock.wallTime);
    expect(secrets.formerDialbackSecret()).toBeUndefined();
    for (const next of ['second', 'third']) {
      stored = new Secret(next);
      secrets.reload();
    }
    expect(secrets.dialbackSecret().reveal()).toBe('third');
    expect(secrets.formerDialbackSecret()?.reveal()).toBe('second');
  });
});
