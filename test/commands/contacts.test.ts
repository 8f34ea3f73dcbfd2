/** The cmdlets of contacts and presence as they are typed, against a running gateway whose partners are silent. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { startDnsServer } from '../support/dns-server.ts';
import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';

const alice = 'sip:alice@contoso.example';
const bob = 'sip:bob@fabrikam.example';

/** Alice, a public network and a federated partner. Every name is unknown to the DNS, so that nothing leaves. */
async function site(): Promise<GatewaySite> {
  const made = await gatewaySite('contoso.example');
  const dns = await startDnsServer();
  await made.run('set-xmppgatewayconfiguration', '-DnsServers', dns.address);
  const password = path.join(path.dirname(made.home), 'password');
  writeFileSync(password, 'correct-horse', { mode: 0o600 });
  await made.run('new-user', alice, '-PasswordFile', password);
  await made.run('new-xmppfederatedpartner', 'fabrikam.example', '-PartnerType', 'PublicUnverified');
  await made.run('new-xmppfederatedpartner', 'adatum.example', '-PartnerType', 'Federated');
  await made.run('start-service');
  return made;
}

/** Exit code, error id and first Fix. */
async function outcome(made: GatewaySite, ...words: readonly string[]) {
  const { code, stderr } = await made.type(...words);
  return [code, /Id: +(\w+)/.exec(stderr)?.[1], /Fix: +(.*)/.exec(stderr)?.[1]];
}

describe('contacts of a user', () => {
  it('are added, shown with what they may do, found, blocked and removed', async () => {
    const made = await site();
    const [added] = await made.run('new-contact', 'Alice@contoso.example', 'bob@fabrikam.example');
    expect(added).toEqual({
      User: alice,
      Address: bob,
      Partner: 'fabrikam.example',
      PartnerType: 'PublicUnverified',
      Subscription: 'None',
      AuthorizedByUser: true,
      CanSeePresence: true,
      CanSendIm: true,
      CanSeeNotes: false,
      Blocked: false,
      Changed: true,
      Kind: 'Contact',
    });
    await made.run('new-contact', alice, 'eve@adatum.example');
    const shown = await made.run('get-contact', '*');
    expect(shown.map(({ Address, CanSeeNotes }) => [Address, CanSeeNotes])).toEqual([
      [bob, false],
      ['sip:eve@adatum.example', true],
    ]);
    expect(await made.run('get-contact', alice, '*@fabrikam.example')).toHaveLength(1);
    expect(await made.run('get-contact', '*', '-Direction', 'From')).toEqual([]);
    expect(await made.run('get-presencesubscription', '-Partner', 'fabrikam.example')).toMatchObject([
      { User: alice, Address: bob, Direction: 'To', State: 'Pending', Since: expect.stringMatching(/Z$/) },
    ]);

    await made.run('set-contact', alice, bob, '-Blocked', 'true');
    expect(await made.run('get-contact', alice, bob)).toMatchObject([{ Blocked: true, CanSendIm: false }]);
    expect(await outcome(made, 'test-presence', alice, bob)).toEqual([
      21,
      'TestFailed',
      `xgw set-contact ${alice} ${bob} -Blocked false`,
    ]);

    await made.run('remove-contact', alice, 'eve@adatum.example', '-WhatIf');
    expect(await made.run('get-contact', '*')).toHaveLength(2);
    await made.run('remove-contact', alice, 'eve@adatum.example');
    expect(await made.run('get-contact', '*')).toHaveLength(1);
  });

  it('idempotency and refusals are those of every cmdlet', async () => {
    const made = await site();
    await made.run('new-contact', alice, bob);
    expect((await outcome(made, 'new-contact', alice, bob)).slice(0, 2)).toEqual([6, 'ObjectAlreadyExists']);
    expect(await made.run('new-contact', alice, bob, '-IfNotExists')).toMatchObject([{ Changed: false }]);
    expect(await outcome(made, 'new-contact', alice, 'eve@stranger.example')).toEqual([
      5,
      'ContactRefused',
      'xgw new-xmppfederatedpartner stranger.example',
    ]);
    expect((await outcome(made, 'new-contact', 'x@elsewhere.example', bob)).slice(0, 2)).toEqual([5, 'DomainNotLocal']);
    expect((await outcome(made, 'remove-contact', alice, 'who@fabrikam.example')).slice(0, 2)).toEqual([
      3,
      'ObjectNotFound',
    ]);
    expect((await outcome(made, 'get-contact', alice, 'who@fabrikam.example')).slice(0, 2)).toEqual([
      3,
      'ObjectNotFound',
    ]);
    expect(await outcome(made, 'remove-contact', alice, 'who@fabrikam.example', '-IfExists')).toEqual([
      0,
      undefined,
      undefined,
    ]);
    expect(await outcome(made, 'remove-contact', '*', '*@nowhere.example')).toEqual([0, undefined, undefined]);
    await made.run('new-contact', alice, 'eve@adatum.example');
    expect((await outcome(made, 'remove-contact', '*', '*')).slice(0, 2)).toEqual([4, 'ConfirmationRequired']);
    await made.run('remove-contact', '*', '*', '-Confirm:false');
    expect(await made.run('get-contact', '*')).toEqual([]);
  });

  it('are with the running gateway, and asked for in vain without it', async () => {
    const made = await gatewaySite('contoso.example');
    for (const words of [
      ['get-contact', '*'],
      ['new-contact', alice, bob],
      ['get-presencesubscription'],
      ['test-presence', alice, bob],
    ])
      expect((await outcome(made, ...words)).slice(0, 2)).toEqual([9, 'ServiceNotRunning']);
  });
});

describe('test-presence', () => {
  it('names the rule, in both directions, and follows a change of the partner type at once', async () => {
    const made = await site();
    const refused = await made.type('test-presence', '-Publisher', alice, '-Subscriber', 'bob@fabrikam.example');
    expect(JSON.parse(refused.stdout)).toMatchObject({
      Publisher: alice,
      Subscriber: bob,
      Result: 'Failure',
      PartnerType: 'PublicUnverified',
      Rule: "Contacts of a PublicUnverified partner may see the user's presence only when the user has added them.",
      Gate: 'not-listed',
      CanSeeNotes: false,
      State: 'None',
      Fix: [`xgw new-contact ${alice} ${bob}`],
      Kind: 'PresenceTest',
    });
    expect(refused.code).toBe(21);
    expect(await made.run('test-presence', bob, alice)).toMatchObject([{ Result: 'Success', Gate: null }]);
    await made.run('set-xmppfederatedpartner', 'fabrikam.example', '-PartnerType', 'Federated');
    expect(await made.run('test-presence', alice, bob)).toMatchObject([{ Result: 'Success', CanSeeNotes: true }]);
    await made.run('set-user', alice, '-SurvivableBranch', 'true');
    for (const pair of [
      [alice, bob],
      [bob, alice],
    ])
      expect(await outcome(made, 'test-presence', ...pair)).toEqual([
        21,
        'TestFailed',
        `xgw set-user ${alice} -SurvivableBranch false`,
      ]);
  });

  it.each([
    ['two users', alice, 'sip:carol@contoso.example', 'InvalidValue'],
    ['two contacts', bob, 'sip:eve@adatum.example', 'DomainNotLocal'],
  ])('refuses %s', async (_title, publisher, subscriber, id) => {
    const made = await site();
    expect((await outcome(made, 'test-presence', publisher, subscriber)).slice(0, 2)).toEqual([5, id]);
  });
});
