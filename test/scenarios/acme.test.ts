/** What an administrator types to have a certificate from an ACME server, and what comes of it: pebble is the server. */
import { X509Certificate } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { expect, it } from '@jest/globals';

import { type Pebble, type PebbleOptions, startPebble } from '../peers/pebble.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Xgw, xgwIn } from '../support/xgw.ts';

const names = ['DNS:sip.contoso.example', 'DNS:contoso.example'] as const;

/** A refused nonce is another request. */
const countable = { rejectedNonces: 0 } as const;

interface Scene {
  readonly pebble: Pebble;
  readonly xgw: Xgw;
  /** What every request of a test has in common. */
  readonly words: readonly string[];
}

async function scene(options: PebbleOptions = {}): Promise<Scene> {
  const pebble = await startPebble(options);
  const xgw = xgwIn(path.join(temporaryFolder(), 'store'));
  await xgw.run('new-sipdomain', 'contoso.example');
  const words = ['request-certificate', '-CA', `acme:${pebble.directory}`, '-AcmeRootsPath', pebble.rootFile];
  return { pebble, xgw, words: [...words, '-KeyAlg', 'ECDSA_P256'] };
}

const viaHttp = ({ words, pebble }: Scene): readonly string[] => [...words, '-AcmeHttpPort', `${pebble.httpPort}`];

/** The program that changes the records of the DNS server pebble asks, with what it was called for in a file. */
function dnsHookOf(pebble: Pebble, before = ''): { readonly hook: string; calls(): readonly string[] } {
  const folder = temporaryFolder();
  const [hook, log] = [path.join(folder, 'dns hook'), path.join(folder, 'calls')];
  const script = `#!/bin/sh
set -eu
echo "$XGW_ACME_ACTION $XGW_ACME_DOMAIN $XGW_ACME_RECORD $#" >>'${log}'
${before}
case "$XGW_ACME_ACTION" in
  add) curl -sf -d "{\\"host\\":\\"$XGW_ACME_RECORD.\\",\\"value\\":\\"$XGW_ACME_VALUE\\"}" ${pebble.dnsUrl}/set-txt ;;
  remove) curl -sf -d "{\\"host\\":\\"$XGW_ACME_RECORD.\\"}" ${pebble.dnsUrl}/clear-txt ;;
esac
`;
  writeFileSync(hook, script);
  chmodSync(hook, 0o755);
  return { hook, calls: () => readFileSync(log, 'utf8').trim().split('\n') };
}

const chainIn = ({ home }: Xgw, thumbprint: unknown): string =>
  readFileSync(path.join(home, 'keys', `${String(thumbprint)}.chain.pem`), 'utf8');

const filesIn = ({ home }: Xgw, folder: string, ending: string): readonly string[] =>
  readdirSync(path.join(home, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(home, folder, name));

/** How often pebble has been asked for something. */
const asked = ({ process }: Pebble, resource: string): number =>
  process
    .output()
    .split('\n')
    .filter((line) => line.includes(`${resource} -> calling handler()`)).length;

describeWithPeers('request-certificate -CA acme:', [peers.pebble, peers.challtestsrv], () => {
  it('proves the names by http-01, and takes the certificate into use with its chain', async () => {
    const given = await scene();
    const [certificate] = await given.xgw.run(...viaHttp(given));
    expect(certificate).toMatchObject({
      AssignedTo: ['ExternalEdge'],
      SubjectAlternativeNames: names,
      HasPrivateKey: true,
      ChainLength: 2,
      LocalTestCa: false,
    });
    const leaf = new X509Certificate(chainIn(given.xgw, certificate?.['Thumbprint']));
    expect(leaf.issuer).toContain('Pebble Intermediate');
    expect(await given.xgw.run('get-certificaterequest')).toMatchObject([{ Status: 'Completed' }]);
  });

  it('writes down with the certificate how its successor is had, files named in full', async () => {
    const given = await scene();
    const [certificate] = await given.xgw.run(...viaHttp(given), '-AcmeContact', 'hostmaster@contoso.example');
    const store = JSON.parse(readFileSync(path.join(given.xgw.home, 'store.json'), 'utf8')) as Stored;
    expect(store.certificates[String(certificate?.['Thumbprint'])]?.renewal).toEqual({
      authority: `acme:${given.pebble.directory}`,
      rootsPath: given.pebble.rootFile,
      acme: { httpPort: given.pebble.httpPort, contact: ['hostmaster@contoso.example'] },
    });
  });

  it('keeps one account for an authority, which nobody else can read, and no order that is over', async () => {
    const given = await scene(countable);
    await given.xgw.run(...viaHttp(given));
    await given.xgw.run(...viaHttp(given), '-FriendlyName', 'second');
    const accounts = filesIn(given.xgw, 'keys', '.acme-account.json');
    expect(accounts.map((file) => (statSync(file).mode & 0o777).toString(8))).toEqual(['600']);
    expect(asked(given.pebble, '/sign-me-up')).toBe(1);
    expect(filesIn(given.xgw, 'state/acme', '.json')).toEqual([]);
  });

  it('proves the names by tls-alpn-01', async () => {
    const { xgw, words, pebble } = await scene();
    const more = ['-AcmeChallenge', 'tls-alpn-01', '-AcmeTlsPort', `${pebble.tlsPort}`];
    expect(await xgw.run(...words, ...more)).toMatchObject([{ SubjectAlternativeNames: names, ChainLength: 2 }]);
  });

  it('proves a wildcard and what it does not cover by dns-01, through a program without shell and arguments', async () => {
    const { xgw, words, pebble } = await scene();
    const { hook, calls } = dnsHookOf(pebble);
    const more = ['-AcmeChallenge', 'dns-01', '-AcmeDnsHook', hook, '-DomainName', '*.contoso.example'];
    const [certificate] = await xgw.run(...words, ...more);
    expect(certificate?.['SubjectAlternativeNames']).toEqual([...names, 'DNS:*.contoso.example']);
    const both = ['_acme-challenge.contoso.example', '_acme-challenge.sip.contoso.example'];
    expect(
      calls()
        .filter((call) => call.startsWith('add'))
        .toSorted(),
    ).toEqual([
      `add contoso.example ${both[0]} 0`,
      `add contoso.example ${both[0]} 0`,
      `add sip.contoso.example ${both[1]} 0`,
    ]);
    expect(calls().filter((call) => call.startsWith('remove'))).toHaveLength(3);
  });

  it('gets through a server that refuses every second nonce it has given', async () => {
    const given = await scene({ rejectedNonces: 50 });
    expect(await given.xgw.run(...viaHttp(given))).toMatchObject([{ ChainLength: 2 }]);
  });

  it('does without a proof for names that the authority still believes', async () => {
    const given = await scene({ reusedAuthorizations: 100 });
    await given.xgw.run(...viaHttp(given));
    // Nobody could prove anything by this program.
    const more = ['-AcmeChallenge', 'dns-01', '-AcmeDnsHook', '/bin/false', '-FriendlyName', 'second'];
    expect(await given.xgw.run(...given.words, ...more)).toMatchObject([{ ChainLength: 2 }]);
  });

  it('asks nobody with -WhatIf, and makes nothing', async () => {
    const given = await scene();
    const objects = await given.xgw.run(...viaHttp(given), '-WhatIf');
    expect(objects.at(-1)).toMatchObject({ PublicKeySha256: null, Status: 'Pending' });
    expect(asked(given.pebble, '/dir')).toBe(0);
    expect(() => readdirSync(path.join(given.xgw.home, 'keys'))).toThrow('ENOENT');
  });
});

interface Stored {
  readonly certificates: Readonly<Record<string, { readonly renewal?: unknown }>>;
}

describeWithPeers('an authority that issues to customers only', [peers.pebble, peers.challtestsrv], () => {
  const externalAccount = {
    keyId: 'kid-1',
    hmacKey: 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W',
  };

  function binding(hmacKey: string): readonly string[] {
    const file = path.join(temporaryFolder(), 'hmac');
    writeFileSync(file, `${hmacKey}\n`, { mode: 0o600 });
    return ['-AcmeEabKeyId', externalAccount.keyId, '-AcmeEabHmacKeyFile', file];
  }

  it('issues to an account that is bound to the one it knows', async () => {
    const given = await scene({ externalAccount });
    const bound = [...viaHttp(given), ...binding(externalAccount.hmacKey)];
    expect(await given.xgw.run(...bound)).toMatchObject([{ ChainLength: 2 }]);
  });

  it('refuses a wrong key, and takes the right one afterwards', async () => {
    const given = await scene({ externalAccount });
    const wrong = await given.xgw.type(...viaHttp(given), ...binding('AAAA'));
    expect([wrong.code, wrong.stderr]).toEqual([8, expect.stringContaining('AuthorityRefused')]);
    expect(await given.xgw.run(...viaHttp(given), ...binding(externalAccount.hmacKey))).toHaveLength(1);
  });

  it('is told apart from one that is out of order: the parameters are named', async () => {
    const given = await scene({ externalAccount });
    const { code, stderr } = await given.xgw.type(...viaHttp(given));
    expect([code, stderr]).toEqual([8, expect.stringContaining('-Parameter AcmeEabKeyId')]);
  });

  it('gets no key out of a file that others can read', async () => {
    const given = await scene({ externalAccount });
    const [, , , file = ''] = binding(externalAccount.hmacKey);
    chmodSync(file, 0o644);
    const words = ['-AcmeEabKeyId', 'kid-1', '-AcmeEabHmacKeyFile', file];
    const { code, stderr } = await given.xgw.type(...viaHttp(given), ...words);
    expect([code, stderr]).toEqual([8, expect.stringContaining('KeyFileExposed')]);
    expect(asked(given.pebble, '/dir')).toBe(0);
  });
});

describeWithPeers('a name that cannot be proven', [peers.pebble, peers.challtestsrv], () => {
  it('is named with its challenge, what the authority met and what came here; nothing is left pending', async () => {
    const { xgw, words, pebble } = await scene();
    // The authority asks another port than the one that answers.
    const { code, stderr } = await xgw.type(...words, '-AcmeHttpPort', `${pebble.httpPort + 1}`);
    expect(code).toBe(8);
    expect(stderr).toContain('could not verify sip.contoso.example, contoso.example by http-01');
    expect(stderr).toContain('connection refused');
    expect(stderr).toContain('no request for it has arrived here');
    expect(stderr).toContain('curl -v http://sip.contoso.example/.well-known/acme-challenge/');
    expect(await xgw.run('request-certificate', '-List')).toEqual([]);
  });

  it('is refused before anything is made when it is a wildcard and no record in DNS would prove it', async () => {
    const given = await scene();
    const { code, stderr } = await given.xgw.type(...viaHttp(given), '-DomainName', '*.contoso.example');
    expect([code, stderr]).toEqual([2, expect.stringContaining('*.contoso.example cannot be proven by http-01')]);
    expect(asked(given.pebble, '/dir')).toBe(0);
  });

  it('because the port is taken says who has it', async () => {
    const { xgw, words, pebble } = await scene();
    const taken = new URL(pebble.directory).port;
    const { code, stderr } = await xgw.type(...words, '-AcmeHttpPort', taken);
    expect([code, stderr]).toEqual([9, expect.stringContaining('AuthorityChallengeUnanswerable')]);
    expect(stderr).toMatch(/process [0-9]+ \(pebble\) listens there/);
  });

  it('because the program fails shows its last words, and has what was added removed', async () => {
    const { xgw, words, pebble } = await scene();
    const refusing = `[ "$XGW_ACME_ACTION$XGW_ACME_DOMAIN" != addcontoso.example ] || { echo 'zone is frozen' >&2; exit 3; }`;
    const { hook, calls } = dnsHookOf(pebble, refusing);
    const { code, stderr } = await xgw.type(...words, '-AcmeChallenge', 'dns-01', '-AcmeDnsHook', hook);
    expect([code, stderr]).toEqual([9, expect.stringContaining('it ended with code 3: zone is frozen')]);
    expect(calls().filter((call) => call.startsWith('add'))).toHaveLength(calls().length / 2);
  });

  it('by hand is not tried where nobody is there', async () => {
    const { xgw, words } = await scene();
    const { code, stderr } = await xgw.type(...words, '-AcmeChallenge', 'dns-01');
    expect([code, stderr]).toEqual([4, expect.stringContaining('-AcmeDnsHook')]);
  });
});

describeWithPeers('the server of an ACME authority', [peers.pebble, peers.challtestsrv], () => {
  it('is believed under the named roots only', async () => {
    const { xgw, pebble } = await scene();
    const { code, stderr } = await xgw.type('request-certificate', '-CA', `acme:${pebble.directory}`);
    expect([code, stderr]).toEqual([8, expect.stringContaining('AuthorityUntrusted')]);
  });
});

describeWithPeers('an order whose process was killed', [peers.pebble, peers.challtestsrv], () => {
  it('is taken up again by -Retrieve with the same key', async () => {
    const { xgw, words, pebble } = await scene(countable);
    const { hook } = dnsHookOf(pebble, '[ -e "$0.once" ] || { : >"$0.once"; kill -9 "$PPID"; }');
    const killed = await xgw.type(...words, '-AcmeChallenge', 'dns-01', '-AcmeDnsHook', hook);
    expect(killed.code).toBeNull();
    const [pending] = await xgw.run('request-certificate', '-List');
    expect(pending).toMatchObject({ RequestId: 1, Status: 'Pending' });
    expect(filesIn(xgw, 'state/acme', '.json')).toHaveLength(1);
    const [certificate] = await xgw.run('request-certificate', '-Retrieve', '-RequestId', '1');
    expect(certificate).toMatchObject({ AssignedTo: ['ExternalEdge'] });
    expect(certificate?.['PublicKeySha256']).toBe(pending?.['PublicKeySha256']);
    expect([asked(pebble, '/order-plz'), filesIn(xgw, 'state/acme', '.json')]).toEqual([1, []]);
  });
});

describeWithPeers('the successor of a certificate', [peers.pebble, peers.challtestsrv], () => {
  it.each([
    ['another key', [], false],
    ['the same key, where partners have pinned it', ['-ReuseKey'], true],
  ] as const)('is had with the same settings, and has %s', async (_, more, isSame) => {
    const given = await scene();
    const [before] = await given.xgw.run(...viaHttp(given), ...more);
    // The times of certificates are whole seconds: a successor of the same one would last no longer.
    await pause(1000 - (Date.now() % 1000));
    await given.xgw.run('update-certificate', String(before?.['Thumbprint']), '-Force');
    const all = await given.xgw.run('get-certificate');
    const serving = all.find(({ AssignedTo }) => (AssignedTo as readonly string[]).includes('ExternalEdge'));
    expect(serving?.['Thumbprint']).not.toBe(before?.['Thumbprint']);
    expect(serving?.['PublicKeySha256'] === before?.['PublicKeySha256']).toBe(isSame);
    expect(serving?.['SubjectAlternativeNames']).toEqual(names);
  });
});
