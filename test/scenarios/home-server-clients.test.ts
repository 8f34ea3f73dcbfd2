/** Explored. */
import { it } from '@jest/globals';

import { startBaresip } from '../peers/baresip.ts';
import { freePort } from '../peers/free-port.ts';
import { startLinphone } from '../peers/linphone.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { createAuthority } from '../support/pki.ts';
import { federate, passwords } from './federation.ts';

describeWithPeers('x', [peers.prosody], () => {
  it('tls', async () => {
    const sipTlsPort = await freePort();
    const federation = await federate({ peer: 'external', partner: ['-SupportDialbackNegotiation', 'false'], sipTlsPort, otherUsers: ['lena'] });
    const other = createAuthority('Other');
    const base = { server: { host: '127.0.0.1', port: sipTlsPort }, transport: 'tls', domain: 'contoso.example', password: passwords.alice } as const;
    for (const roots of [undefined, other.rootPem, federation.roots]) {
      const client = await startBaresip({ ...base, user: 'alice', ...(roots && { roots }), contacts: ['sip:bob@fabrikam.example'] });
      const out = await Promise.race([client.registered().then(() => 'REGISTERED'), client.waitFor(/failed|error/i, 4000).then(String, String)]);
      console.log(roots?.length, out, client.output());
      await client.kill();
    }
    for (const host of ['127.0.0.1', 'localhost']) for (const roots of [other.rootPem, federation.roots]) {
      const p = startLinphone({ ...base, server: { host, port: sipTlsPort }, user: 'lena', roots });
      const out = await p.then((c) => 'REGISTERED' + c.output(), String);
      console.log(host, roots.length, out);
    }
  }, 120_000);
});
