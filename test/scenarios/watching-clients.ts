/** The clients of SIP users, each with bob in its list: how it shows him, in its own words, and what it can say of its user. */
import { startBaresip } from '../peers/baresip.ts';
import { type Libpurple, startLibpurple } from '../peers/libpurple.ts';
import { startLinphone } from '../peers/linphone.ts';
import type { RunningProcess } from '../peers/running-process.ts';
import { startWireProxy } from '../support/wire-proxy.ts';
import { type Federation, passwords } from './federation.ts';

export const bobAor = 'sip:bob@fabrikam.example';
export const domain = 'contoso.example';

/** What a contact can be to a client. */
export type Seen = 'available' | 'away' | 'dnd' | 'xa' | 'unavailable';

export interface RegisteredClient {
  /** Its user writes to bob. */
  send(text: string): void | Promise<void>;
  /** Resolves when it shows a message of bob that has this text. */
  hears(text: string): Promise<unknown>;
  /** Its user types to bob. Absent: it tells nobody. */
  type?(): void;
  /** Resolves when it shows that bob types. Absent: it shows nothing. */
  typing?(): Promise<unknown>;
  /** Resolves when, behind everything that was waited for before, it shows bob so; at once where it shows no difference. Absent: it watches nobody. */
  shows?(seen: Seen): Promise<void>;
  /** De-registers and ends. */
  stop(): Promise<void>;
  /** Ends without a word. */
  kill(): Promise<void>;
}

export interface WatchingClient extends RegisteredClient {
  shows(seen: Seen): Promise<void>;
  /** Its user comes and goes, and the client stays. Absent: it has no command for that. */
  readonly offlineAndOnline?: readonly (() => Promise<unknown>)[];
}

export interface ClientKind<Client extends RegisteredClient = WatchingClient> {
  readonly name: string;
  readonly user: string;
  start(federation: Federation): Promise<Client>;
}

type Account = Parameters<typeof startBaresip>[0];

/** Whoever looks at the name in a certificate finds this one there. */
export const accountOf = (
  { site, sipTlsPort, roots }: Federation,
  user: string,
  transport: Account['transport'],
): Account => ({
  server: transport === 'tls' ? { host: 'localhost', port: sipTlsPort } : { host: '127.0.0.1', port: site.sipPort },
  transport,
  user,
  domain,
  password: passwords.alice,
  ...(transport === 'tls' ? { roots } : {}),
});

/** A client's word, or the line of its output, for each state it tells apart. */
type Words = Readonly<Record<Seen, string>>;

/** What is shown must follow what was shown before; a state in the words of the one before is no news. */
function inOrder({ waitFor }: Pick<RunningProcess, 'waitFor'>, words: Words): WatchingClient['shows'] {
  const shown: string[] = [];
  return async (seen) => {
    if (words[seen] === shown.at(-1)) return;
    shown.push(words[seen]);
    await waitFor(new RegExp(shown.join('[^]*')), slowestNotice);
  };
}

/** Milliseconds: five seconds between two notices [RFC 3856 §6.10], and whatever a loaded machine adds. */
const slowestNotice = 20_000;

const friend = (is: string): string => `Friend [^\\n]*${bobAor}> is ${is}`;
const buddy = (status: string): string => `"status", "from": "${bobAor}", "status": "${status}"`;

/** It has no word for who is away: he is offline to it. */
const baresipWords: Words = {
  available: 'Online',
  dnd: 'Busy',
  away: 'Offline',
  xa: 'Offline',
  unavailable: 'Offline',
};
const linphoneWords: Words = {
  available: friend('Online'),
  dnd: friend('Busy'),
  away: friend('Away'),
  xa: friend('Away'),
  unavailable: friend('Offline'),
};
/** It reads nothing but `basic`. */
const libpurpleWords: Words = {
  available: buddy('available'),
  dnd: buddy('available'),
  away: buddy('available'),
  xa: buddy('available'),
  unavailable: buddy('offline'),
};

const shownIn = (client: Pick<Libpurple, 'shows'>): Pick<RunningProcess, 'waitFor'> => ({
  waitFor: (pattern, ms) => client.shows(pattern, ms),
});

export const baresip = (user: string, transport: Account['transport']): ClientKind => ({
  name: 'baresip',
  user,
  async start(federation) {
    const account = accountOf(federation, user, transport);
    // It asks DNS servers alone for names, and does not look at the one in a certificate.
    const server = { ...account.server, host: '127.0.0.1' };
    const client = await startBaresip({ ...account, server, contacts: [bobAor], watches: true });
    return {
      shows: (seen) => client.shows(bobAor, baresipWords[seen]),
      send: (text) => client.send(bobAor, text),
      hears: (text) => client.waitFor(new RegExp(`${bobAor}[^\\r\\n]*?: "${text}"`)),
      offlineAndOnline: ['presence_offline', 'presence_online'].map((name) => () => client.command(name)),
      stop: () => client.stop(),
      kill: () => client.kill(),
    };
  },
});

export const linphone = (user: string, transport: Account['transport']): ClientKind => ({
  name: 'linphone',
  user,
  async start(federation) {
    const client = await startLinphone(accountOf(federation, user, transport));
    client.add('Bob', bobAor);
    return {
      shows: inOrder(client, linphoneWords),
      send: (text) => client.send(bobAor, text),
      hears: (text) => client.waitFor(new RegExp(`Message received from [^\\n]*bob@[^\\n]*: ${text}`)),
      stop: () => client.stop(),
      kill: () => client.kill(),
    };
  },
});

export const libpurple = (user: string, transport: 'udp' | 'tcp'): ClientKind => ({
  name: 'libpurple',
  user,
  async start(federation) {
    const { server, password } = accountOf(federation, user, transport);
    const address = `${user}@${domain}`;
    const account = { protocol: 'simple', server, transport, address, password } as const;
    const client = await startLibpurple({ ...account, contacts: [bobAor] });
    return {
      shows: inOrder(shownIn(client), libpurpleWords),
      send: (text) => client.send(bobAor, text),
      hears: (text) => client.waitFor('message', text),
      type: () => client.typing(bobAor, true),
      typing: () => client.waitFor('typing', bobAor),
      stop: () => client.stop(),
      kill: () => client.kill(),
    };
  },
});

/** Where pidgin-sipe seems to come from: it has no Digest, so that this address is one of TrustedSipPeers. */
export const sipeAddress = '127.0.0.9';

/**
 * pidgin-sipe in the dialect of Live Communications Server 2005. It watches nobody of whom a server of Microsoft's has not told
 * it, and reads no XML: libxml2 2.9.14 of Debian calls none of its handlers. So it shows neither presence nor typing.
 */
export const sipe = (user: string): ClientKind<RegisteredClient> => ({
  name: 'pidgin-sipe',
  user,
  async start({ site }) {
    const wire = await startWireProxy(site.sipPort, { address: sipeAddress });
    const server = { host: '127.0.0.1', port: wire.port };
    const address = `${user}@${domain}`;
    const client = await startLibpurple({ protocol: 'sipe', server, transport: 'tcp', address, password: 'none' });
    return {
      send: (text) => client.send(bobAor, text),
      hears: (text) => client.waitFor('message', text),
      type: () => client.typing(bobAor, true),
      stop: () => client.stop(),
      kill: () => client.kill(),
    };
  },
});

export const clientKinds: readonly ClientKind[] = [
  baresip('alice', 'udp'),
  linphone('lena', 'tcp'),
  libpurple('paul', 'udp'),
];
