/** A SIP side that is slow: its partner waits in TCP, and no message of his is lost by it. */
import { expect, it } from '@jest/globals';

import { maxUnhandled } from '../../../src/gateway/xmpp/s2s-limits.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { createAuthority } from '../../support/pki.ts';
import { openAuthenticated } from '../../support/raw-stream.ts';
import { bodyOf, row, startFederation } from '../../support/xmpp-federation.ts';

const authority = createAuthority('pressure-root');
const fabrikam = { from: 'fabrikam.example', to: 'contoso.example' };
/** Bytes of a text with which a stanza is a read of its own. */
const large = 'x'.repeat(16_384);

it('a stream whose stanzas nobody is done with is read no further until half of them are, and then to its end', async () => {
  const dns = await startDnsServer();
  const done: (() => void)[] = [];
  let isSlow = true;
  const contoso = await startFederation({
    domains: ['contoso.example'],
    dns: dns.address,
    partners: { 'fabrikam.example': row('required', 'required', true) },
    certificate: authority.issue({ names: ['contoso.example'] }),
    root: authority.rootPem,
    handle: () => (isSlow ? new Promise((resolve) => void done.push(resolve)) : undefined),
  });
  const peer = await openAuthenticated(contoso.port, fabrikam, authority.issue({ names: ['fabrikam.example'] }));
  const total = maxUnhandled + 200;
  for (let count = 0; count < total; count += 1) {
    const body = `${count} ${large}`;
    peer.send(`<message from='bob@fabrikam.example' to='alice@contoso.example'><body>${body}</body></message>`);
  }
  const arrived = (number: number) =>
    contoso.waitForStanza(`${number}`, (stanza) => (bodyOf(stanza) ?? '').startsWith(`${number} `));
  await arrived(maxUnhandled - 1);
  const { length } = contoso.received;
  // What had been read of the connection when it was full, no more.
  expect(length).toBeLessThan(maxUnhandled + 10);
  for (const finish of done.splice(0, maxUnhandled / 2 - 10)) finish();
  await new Promise((resolve) => void setImmediate(resolve));
  expect(contoso.received).toHaveLength(length);
  isSlow = false;
  for (const finish of done.splice(0)) finish();
  await arrived(total - 1);
  expect(contoso.received).toHaveLength(total);
});
