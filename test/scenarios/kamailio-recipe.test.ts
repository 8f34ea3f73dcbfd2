/** What `get-siproute -OutputFormat kamailio` prints, included by a real Kamailio: it is accepted, and it is the way to the partners. */
import { expect, it } from '@jest/globals';

import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { federateByHop } from './hop-federation.ts';

/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;
const alice = 'alice@contoso.example';
const succeeded = { exitCode: 0, errors: '' };

describeWithPeers('the recipe for Kamailio', [peers.prosody, peers.kamailio, peers.sipp], () => {
  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    it(
      `lets messages cross in both directions by ${transport}, and refuses who speaks for a partner or is none of ours`,
      async () => {
        const federation = await federateByHop({ transport, withRecipe: true });
        const bob = await federation.bob();
        const { message } = await federation.aliceReceives();
        bob.sendMessage(alice, 'Hello from fabrikam');
        const wire = await message;
        expect(wire).toContain('Hello from fabrikam');
        expect(wire).not.toMatch(/^Record-Route:/m);

        expect(await federation.aliceSends('Hello from contoso', 202)).toMatchObject(succeeded);
        const answer = await bob.waitForMessage('Hello from contoso');
        expect(answer.attributes['from']).toMatch(/^alice@contoso\.example/);

        const forged = { user: 'bob', domain: 'fabrikam.example', to: `sip:${alice}` };
        expect(await federation.sendsToKamailio(forged, 403)).toMatchObject(succeeded);
        const stranger = { user: 'eve', domain: 'elsewhere.example', to: 'sip:bob@FABRIKAM.example' };
        expect(await federation.sendsToKamailio(stranger, 403)).toMatchObject(succeeded);
        expect(await federation.events('SipPeerNotTrusted')).toEqual([]);
        const [route] = await federation.site.run('get-siproute', 'Global');
        const up = expect.stringMatching(
          new RegExp(`^proxy\\.contoso\\.example:\\d+;transport=${transport} Up since `),
        );
        expect(route).toMatchObject({ State: 'Up', Hops: [up] });
      },
      patience,
    );
  }
});
