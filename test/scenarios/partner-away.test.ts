/** A partner that is away while our users write to it: what they sent waits on disk, and arrives, or they are told. */
import { expect, it, jest } from '@jest/globals';

import { namespaces } from '../../src/gateway/xmpp/namespaces.ts';
import { childrenOf } from '../../src/gateway/xmpp/xml/element.ts';
import { type Prosody, startProsody } from '../peers/prosody.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { selfSigned } from '../support/pki.ts';
import { type Federation, federate, passwords } from './federation.ts';

/** Milliseconds: many processes are started, beside other suites. */
jest.setTimeout(120_000);

const partner = ['-SaslNegotiation', 'Optional', '-SupportDialbackNegotiation', 'true'];
const bob = 'sip:bob@fabrikam.example';

async function partnerGone(): Promise<Federation> {
  const federation = await federate({ peer: 'dialback-tls', partner });
  await federation.xmppServer.process.kill();
  return federation;
}

/** On other ports, as the DNS tells. */
async function comesBack({ dns, site, roots }: Federation): Promise<Prosody> {
  const domain = 'fabrikam.example';
  const server = { domain, dnsPort: dns.port, certificate: selfSigned({ names: [domain] }), roots };
  const prosody = await startProsody({ ...server, users: { bob: passwords.bob } });
  dns.xmppServer(domain, prosody.s2sPort);
  await site.run('clear-xmppdnscache', domain);
  return prosody;
}

describeWithPeers('a message to a partner that is away', [peers.prosody, peers.sipp], () => {
  it('is accepted, survives a kill of the gateway, and arrives with its time when the partner is back', async () => {
    const federation = await partnerGone();
    const { site } = federation;
    const sent = await federation.aliceSends(bob, 'are you there?', 202);
    expect([sent.exitCode, /SIP\/2\.0 202 (.*)\r/.exec(sent.messages)?.[1]]).toEqual([0, 'Queued']);
    const [queued] = await site.run('get-queuedmessage', 'fabrikam.example');
    expect(queued).toMatchObject({ State: 'Waiting', From: 'alice@contoso.example', To: 'bob@fabrikam.example' });

    const [service] = await site.run('get-service');
    process.kill(Number(service?.['ProcessId']), 'SIGKILL');
    await site.run('wait-service', '-Condition', 'Stopped');
    await site.run('start-service');
    expect(await site.run('get-queuedmessage')).toMatchObject([{ Id: queued?.['Id'], Since: queued?.['Since'] }]);

    const prosody = await comesBack(federation);
    const client = await federation.bobAt(prosody);
    client.sendPresence();
    const message = await client.waitForMessage('are you there?');
    const stamps = childrenOf(message, 'delay', namespaces.delay).map(({ attributes }) => attributes['stamp']);
    expect(stamps).toContain(queued?.['Since']);
    expect(await site.run('get-queuedmessage')).toEqual([]);
  });

  it('goes back to its sender when an administrator removes it, and when it has become too old', async () => {
    const federation = await partnerGone();
    const { site } = federation;
    const notice = await federation.aliceReceives();
    await federation.aliceSends(bob, 'first', 202);
    await site.run('remove-queuedmessage', 'fabrikam.example', '-Confirm:false');
    expect(await notice.message).toContain('Your message to bob@fabrikam.example was not delivered');

    await site.run('set-xmppgatewayconfiguration', '-QueuedMessageLifetime', '1');
    const late = await federation.aliceReceives();
    await federation.aliceSends(bob, 'second', 202);
    expect(await late.message).toContain('the server of that domain does not answer');

    await site.run('set-xmppgatewayconfiguration', '-QueuedMessageLifetime', '0');
    expect((await federation.aliceSends(bob, 'third', 408)).exitCode).toBe(0);
  });
});
