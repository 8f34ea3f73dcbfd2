/** A gateway that is stopped while messages are under way [RFC 6120 §4.4, §4.9.3.20]: each is seen once, or its sender is told. */
import { describe, expect, it } from '@jest/globals';

import type { Element } from '../../../src/gateway/xmpp/xml/element.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { createAuthority } from '../../support/pki.ts';
import { bodyOf, chat, type Federation, row, startFederation } from '../../support/xmpp-federation.ts';

const authority = createAuthority('restart-root');
const certificates = {
  contoso: authority.issue({ names: ['contoso.example'] }),
  fabrikam: authority.issue({ names: ['fabrikam.example'] }),
};
const strict = row('required', 'required', false);
const numbers = Array.from({ length: 200 }, (_, index) => String(index));
const say = (body: string): Element => chat('alice@contoso.example', 'bob@fabrikam.example', body);
const seenBy = (...gateways: readonly Federation[]): readonly string[] =>
  gateways.flatMap(({ received }) => received.map(({ stanza }) => bodyOf(stanza)));

async function scene() {
  const dns = await startDnsServer();
  const contoso = await startFederation({
    domains: ['contoso.example'],
    dns: dns.address,
    root: authority.rootPem,
    certificate: certificates.contoso,
    partners: { 'fabrikam.example': strict },
  });
  const startFabrikam = async (handle: (stanza: Element) => void = () => undefined): Promise<Federation> => {
    const fabrikam = await startFederation({
      domains: ['fabrikam.example'],
      dns: dns.address,
      root: authority.rootPem,
      certificate: certificates.fabrikam,
      partners: { 'contoso.example': strict },
      handle,
    });
    dns.xmppServer('fabrikam.example', fabrikam.port);
    return fabrikam;
  };
  return { contoso, startFabrikam };
}

describe('a restart', () => {
  it('of the receiving gateway loses nothing, says system-shutdown, and the next one takes what follows', async () => {
    const { contoso, startFabrikam } = await scene();
    let stopping: Promise<void> | undefined;
    const first: Federation = await startFabrikam((stanza) => {
      if (bodyOf(stanza) === '50') stopping ??= first.s2s.close();
    });
    const deliveries = await Promise.all(numbers.map(async (number) => contoso.s2s.send(say(number))));
    await stopping;
    expect(await contoso.waitForEvent('closed', ({ stream }) => stream.stanzasOut > 0)).toMatchObject({
      reason: expect.stringContaining('system-shutdown'),
    });
    const second = await startFabrikam();
    contoso.s2s.clearDnsCache();
    contoso.s2s.resetBackoff();
    expect(await contoso.s2s.send(say('after'))).toMatchObject({ ok: true });
    const seen = seenBy(first, second);
    expect(new Set(seen).size).toBe(seen.length);
    const lost = numbers.filter((number, index) => deliveries[index]?.ok === true && !seen.includes(number));
    expect(lost).toEqual([]);
    expect(deliveries.filter(({ ok }) => ok).length).toBeGreaterThan(50);
    expect(seenBy(second)).toContain('after');
  });

  it('of the sending gateway answers every sender before it is over, and what was handled counts as delivered', async () => {
    const { contoso, startFabrikam } = await scene();
    let stopping: Promise<void> | undefined;
    const fabrikam = await startFabrikam((stanza) => {
      if (bodyOf(stanza) === '50') stopping ??= contoso.s2s.close();
    });
    const deliveries = await Promise.all(numbers.map(async (number) => contoso.s2s.send(say(number))));
    await stopping;
    const seen = seenBy(fabrikam);
    const lost = numbers.filter((number, index) => deliveries[index]?.ok === true && !seen.includes(number));
    expect(lost).toEqual([]);
    expect(seen.length).toBeGreaterThan(50);
    expect(await contoso.s2s.send(say('late'))).toMatchObject({ ok: false });
    expect(contoso.s2s.sessions()).toEqual([]);
  });
});
