/** The clients of three SIP users, each with bob in its list: how it shows him, in its own words, and what it can say of its user. */
import { startBaresip } from '../peers/baresip.ts';
import { startLibpurple } from '../peers/libpurple.ts';
import { startLinphone } from '../peers/linphone.ts';
import type { RunningProcess } from '../peers/running-process.ts';
import { type Federation, passwords } from './federation.ts';

export const bobAor = 'sip:bob@fabrikam.example';
export const domain = 'contoso.example';

/** What a contact can be to a client. */
export type Seen = 'available' | 'away' | 'dnd' | 'xa' | 'unavailable';

export interface WatchingClient {
  /** Resolves when, behind everything that was waited for before, it shows bob so; at once where it shows no difference. */
  shows(seen: Seen): Promise<void>;
  /** Its user comes and goes, and the client stays. Absent: it has no command for that. */
  readonly offlineAndOnline?: readonly (() => Promise<unknown>)[];
  /** Its user types to bob. Absent: it tells nobody. */
  type?(): void;
  /** Resolves when it shows that bob types. Absent: it shows nothing. */
  typing?(): Promise<unknown>;
  /** De-registers and ends. */
  stop(): Promise<void>;
  /** Ends without a word. */
  kill(): Promise<void>;
}

export interface ClientKind {
  readonly name: string;
  readonly user: string;
  start(federation: Federation): Promise<WatchingClient>;
}

type Account = Parameters<typeof startBaresip>[0];

const accountOf = ({ site }: Federation, user: string, transport: 'udp' | 'tcp') =>
  ({
    server: { host: '127.0.0.1', port: site.sipPort },
    transport,
    user,
    domain,
    password: passwords.alice,
  }) as const satisfies Account;

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

export const clientKinds: readonly ClientKind[] = [
  {
    name: 'baresip',
    user: 'alice',
    async start(federation) {
      const account = accountOf(federation, this.user, 'udp');
      const client = await startBaresip({ ...account, contacts: [bobAor], watches: true });
      return {
        shows: (seen) => client.shows(bobAor, baresipWords[seen]),
        offlineAndOnline: ['presence_offline', 'presence_online'].map((name) => () => client.command(name)),
        stop: () => client.stop(),
        kill: () => client.kill(),
      };
    },
  },
  {
    name: 'linphone',
    user: 'lena',
    async start(federation) {
      const client = await startLinphone(accountOf(federation, this.user, 'tcp'));
      client.add('Bob', bobAor);
      return { shows: inOrder(client, linphoneWords), stop: () => client.stop(), kill: () => client.kill() };
    },
  },
  {
    name: 'libpurple',
    user: 'paul',
    async start(federation) {
      const { server, password, transport } = accountOf(federation, this.user, 'udp');
      const address = `${this.user}@${domain}`;
      const client = await startLibpurple({
        ...{ protocol: 'simple', server, transport, address, password },
        contacts: [bobAor],
      });
      return {
        shows: inOrder({ waitFor: (pattern, ms) => client.shows(pattern, ms) }, libpurpleWords),
        type: () => client.typing(bobAor, true),
        typing: () => client.waitFor('typing', bobAor),
        stop: () => client.stop(),
        kill: () => client.kill(),
      };
    },
  },
];
