/** Wrong presence from a real SIP client: each gets the answer of its RFC, and contacts and their subscriptions learn nothing of it. */
import { expect, it } from '@jest/globals';

import { childOf } from '../../src/gateway/xmpp/xml/element.ts';
import { publishScenario, requestScenario, runSipp, type ScenarioRequest } from '../peers/sipp.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { federate, passwords } from './federation.ts';

/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;
const alice = 'alice@contoso.example';
const lena = 'lena@contoso.example';
const bobAor = 'sip:bob@fabrikam.example';

const presence = 'Event: presence';
const pidf = 'Content-Type: application/pidf+xml';
const closed =
  '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:[user]@[domain]"><tuple id="t1"><status><basic>closed</basic></status></tuple></presence>';
const contact = 'Contact: <sip:[user]@[local_ip]:[local_port];transport=[transport]>';

const publish = (headers: readonly string[], body: string): ScenarioRequest => ({
  method: 'PUBLISH',
  uri: 'sip:[user]@[domain]',
  to: '<sip:[user]@[domain]>',
  headers: ['Expires: 600', ...headers],
  body,
});
const subscribe = (headers: readonly string[], to = bobAor): ScenarioRequest => ({
  method: 'SUBSCRIBE',
  uri: to,
  to: `<${to}>`,
  headers: [contact, ...headers],
});

interface Wrong {
  readonly title: string;
  readonly request: ScenarioRequest;
  readonly status: number;
  /** In the answer. */
  readonly says?: string;
  /** Whom alice says to be. */
  readonly from?: string;
}

const wrongs: readonly Wrong[] = [
  {
    title: 'a document that ends in the middle [RFC 3903 §6 step 5]',
    request: publish([presence, pidf], closed.slice(0, -20)),
    status: 400,
  },
  {
    title: 'XML that is no presence document [RFC 3903 §6 step 5]',
    request: publish([presence, pidf], '<closed/>'),
    status: 400,
  },
  {
    title: 'a document of another type [RFC 3903 §6 step 5]',
    request: publish([presence, 'Content-Type: text/plain'], 'closed'),
    status: 415,
    says: 'Accept: application/pidf+xml',
  },
  {
    title: 'an entity-tag that was never given [RFC 3903 §6 step 3]',
    request: publish([presence, pidf, 'SIP-If-Match: nobodys'], closed),
    status: 412,
  },
  {
    title: 'a publication for an unknown event package [RFC 3903 §6 step 2]',
    request: publish(['Event: weather', pidf], closed),
    status: 489,
    says: 'Allow-Events: presence',
  },
  {
    title: 'a subscription to an unknown event package [RFC 6665 §4.2.1.1]',
    request: subscribe(['Event: weather', 'Expires: 600']),
    status: 489,
    says: 'Allow-Events: presence',
  },
  {
    title: 'a subscription for a moment [RFC 6665 §4.2.1.1]',
    request: subscribe([presence, 'Expires: 5']),
    status: 423,
    says: 'Min-Expires: 60',
  },
  {
    title: 'a subscription whose documents nobody writes [RFC 3261 §21.4.7]',
    request: subscribe([presence, 'Accept: text/html']),
    status: 406,
  },
  {
    title: 'a forged From: a publication for somebody else [RFC 3261 §22.1]',
    request: publish([presence, pidf], closed),
    from: 'lena',
    status: 403,
  },
  {
    title: 'a forged From: a subscription in the name of somebody else [RFC 3261 §22.1]',
    request: subscribe([presence, 'Expires: 600']),
    from: 'lena',
    status: 403,
  },
  {
    title: 'a publication to the address of somebody else [RFC 3903 §6 step 1]',
    request: { ...publish([presence, pidf], closed), uri: `sip:${lena}`, to: `<sip:${lena}>` },
    status: 403,
  },
];

describeWithPeers('wrong presence, by sipp', [peers.prosody, peers.sipp], () => {
  it(
    'gets the answer of its RFC and changes nothing',
    async () => {
      const { site, ...federation } = await federate({
        peer: 'external',
        partner: ['-SupportDialbackNegotiation', 'false'],
        otherUsers: ['lena'],
      });
      const server = { host: '127.0.0.1', port: site.sipPort };
      const account = { server, transport: 'udp', user: 'alice', password: passwords.alice } as const;
      const keys = { domain: 'contoso.example' };
      const published = (activity: string, note: string) =>
        runSipp({ ...account, scenario: publishScenario(), keys: { ...keys, activity, note } });
      expect((await published('away', 'before')).exitCode).toBe(0);

      const bob = await federation.bob();
      bob.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
      bob.sendPresence();
      for (const user of [alice, lena]) {
        bob.sendPresence({ to: user, type: 'subscribe' });
        await bob.waitFor(`presence of ${user}`, ({ name, attributes }) => {
          const { from = '', type } = attributes;
          return name === 'presence' && from.startsWith(`${user}/`) && type !== 'subscribed';
        });
      }
      const links = await site.run('get-presencesubscription');
      bob.forget();

      const answers = wrongs.map(async ({ title, request, status, says = '', from }) => {
        const scenario = requestScenario(request, status);
        const outcome = await runSipp({ ...account, ...(from === undefined ? {} : { from }), scenario, keys });
        return [title, outcome.exitCode, outcome.messages.includes(says), outcome.errors];
      });
      expect(await Promise.all(answers)).toEqual(wrongs.map(({ title }) => [title, 0, true, '']));

      expect(await site.run('get-presencesubscription')).toEqual(links);
      // The first that bob hears since is the next thing that is right.
      expect((await published('busy', 'after')).exitCode).toBe(0);
      const next = await bob.waitFor('presence', ({ name }) => name === 'presence');
      expect(next.attributes['from']).toMatch(/^alice@/);
      expect(childOf(next, 'show', next.namespace)?.children).toEqual(['dnd']);
      expect(bob.received.filter(({ name }) => name === 'presence')).toHaveLength(1);
    },
    patience,
  );
});
