/** Clients that call an XMPP contact: there are no calls here, and they are told at once. */
import { expect, it } from '@jest/globals';

import { startBaresip } from '../../peers/baresip.ts';
import { startLinphone } from '../../peers/linphone.ts';
import { openConfiguration } from '../../support/crossing.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { startTwoDoors } from '../../support/two-doors.ts';
import { closing } from './endpoints.ts';

const site = async () =>
  closing(
    await startTwoDoors({
      configuration: {
        ...openConfiguration,
        gateway: { ...openConfiguration.gateway, trustedSipPeers: ['127.0.0.1'] },
      },
      sipPort: 0,
    }),
  );

const alice = (port: number) => ({
  server: { host: '127.0.0.1', port },
  transport: 'tcp' as const,
  user: 'alice',
  domain: 'contoso.example',
  password: 'correct-horse',
});

describeWithPeers('a call to an XMPP contact', [peers.baresip, peers.linphone], () => {
  it('of baresip is refused with 488, and shown so', async () => {
    const { port, stanzas } = await site();
    const client = await startBaresip({ ...alice(port), modules: ['g711.so'] });
    await client.registered();
    await client.command('dial', 'sip:bob@fabrikam.example');
    await client.waitFor(/session closed: 488 Not An IM Session/);
    expect(await client.command('listcalls')).not.toContain('bob@fabrikam.example');
    expect(stanzas).toEqual([]);
    await client.stop();
  });

  it('of linphone is refused with 488, and shown so', async () => {
    const { port, stanzas, notes } = await site();
    const client = await startLinphone(alice(port));
    client.type('call sip:bob@fabrikam.example');
    await client.waitFor(/Call 1 with sip:bob@fabrikam.example error/);
    const sent = notes.filter(({ kind, direction }) => kind === 'Wire' && direction === 'Out');
    expect(sent.map(({ summary }) => summary)).toContain('488 Not An IM Session');
    expect(stanzas).toEqual([]);
    await client.stop();
  });
});
