/** One round: messages in both directions, faults as its plan has them, and the balance of its books once everything is well again. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type Balance, type BookEvent, Books } from './books.ts';
import type { FaultKind, RoundPlan } from './fault-plan.ts';
import { type Faulty, inject } from './faults.ts';
import { type GatewayProcess, gatewayProcess } from './gateway-process.ts';
import { startPeerOf } from './peers.ts';
import { type SipEnd, startSipEnd } from './sip-end.ts';
import { pairsBothWays, type Traffic, trafficOf } from './traffic.ts';
import type { World } from './world.ts';
import type { PeerEvents, XmppPeer } from './xmpp-peer.ts';

export interface RoundResult {
  readonly plan: RoundPlan;
  readonly balance: Balance;
  readonly durationMs: number;
  /** What is wrong beside the books: a gateway that ended by itself, or left the report of a bug. */
  readonly problems: readonly string[];
  /** Faults that this machine does not allow. */
  readonly notRun: readonly FaultKind[];
  /** The log of the round, the log of its gateway; only of a round that failed. */
  readonly folder?: string;
}

export const hasFailed = ({ balance, problems }: RoundResult): boolean =>
  balance.lost.length > 0 || problems.length > 0;

/** Milliseconds after which what is not accounted for is a loss: longer than the longest wait of a gateway at ten times the speed. */
const settleMs = 45_000;

export async function runRound(world: World, plan: RoundPlan): Promise<RoundResult> {
  const round = new Round(world, plan);
  try {
    await round.begin();
    await round.play();
    return round.result();
  } finally {
    await round.end();
  }
}

class Round {
  readonly #world: World;
  readonly #plan: RoundPlan;
  readonly #books = new Books();
  readonly #begun = Date.now();
  readonly #lines: string[] = [];
  readonly #problems: string[] = [];
  readonly #notRun: FaultKind[] = [];
  readonly #folder: string;
  readonly #listeners = new Set<() => void>();
  #gateway: GatewayProcess | undefined;
  #peer: XmppPeer | undefined;
  #sip: SipEnd | undefined;
  #sent = 0;

  constructor(world: World, plan: RoundPlan) {
    this.#world = world;
    this.#plan = plan;
    this.#folder = mkdtempSync(path.join(tmpdir(), `xgw-faults-${plan.seed}-`));
  }

  async begin(): Promise<void> {
    const { speed, templates, hopPort, toPeer } = this.#world;
    const { transport, faults } = this.#plan;
    const disk = faults.some(({ kind }) => kind === 'disk-full') ? this.#world.disk() : undefined;
    const home = path.join(disk?.folder ?? this.#folder, `store-${this.#plan.seed}`);
    const onEnded = (code: number | null, signal: string | null): void =>
      void this.#problems.push(`the gateway ended by itself: ${code ?? signal}`);
    this.#gateway = gatewayProcess({ template: templates[transport], home, speed, onEnded });
    this.#sip = await startSipEnd({
      ...{ transport, port: hopPort, gatewayPort: templates.sipPort, speed },
      onSeen: ({ body }) => this.#note({ type: 'taken', id: body }),
      onDelivered: (arrived) => this.#traffic().hasArrived(arrived),
    });
    await this.#gateway.start();
    const { peer, port } = await startPeerOf(this.#world, this.#plan.peer, this.#peerEvents());
    toPeer.target = port;
    this.#peer = peer;
  }

  async play(): Promise<void> {
    const faults = this.#plan.faults.map(async (fault) => {
      await this.#until(() => this.#sent >= fault.after);
      const { isHard, kind, lastsMs } = fault;
      this.#say(`FAULT ${kind}${isHard ? ' (hard)' : ''} for ${lastsMs} ms`);
      if (!(await inject(fault, this.#faulty()))) this.#notRun.push(kind);
      this.#say(`HEALED ${kind}`);
    });
    await this.#traffic().play();
    await Promise.all(faults);
    if (this.#gateway?.isRunning() === false) await this.#gateway.start();
    this.#say('SETTLING');
    await this.#until(() => this.#books.open().length === 0, settleMs);
  }

  result(): RoundResult {
    const balance = this.#books.balance();
    const problems = [...this.#problems, ...(this.#gateway?.bugs() ?? []).map((bug) => `report of a bug: ${bug}`)];
    const { lost } = balance;
    for (const { id, wasTaken } of lost) this.#say(`LOST ${id}${wasTaken ? ', which the gateway had' : ''}`);
    for (const problem of problems) this.#say(`PROBLEM ${problem}`);
    const found = { plan: this.#plan, balance, durationMs: Date.now() - this.#begun, problems, notRun: this.#notRun };
    if (!hasFailed(found)) return found;
    this.#keep(balance);
    return { ...found, folder: this.#folder };
  }

  async end(): Promise<void> {
    await this.#gateway?.kill();
    await this.#peer?.close();
    this.#sip?.close();
    const { toPeer, toGateway, dns } = this.#world;
    for (const wire of [toPeer, toGateway]) {
      wire.reset();
      wire.accept();
      wire.flow();
    }
    dns.mode = 'passes';
    if (this.#gateway !== undefined) rmSync(this.#gateway.home, { recursive: true, force: true });
    if (!existsSync(path.join(this.#folder, 'round.log'))) rmSync(this.#folder, { recursive: true, force: true });
  }

  #faulty(): Faulty {
    const [gateway, peer, sip] = [this.#gateway, this.#peer, this.#sip];
    if (gateway === undefined || peer === undefined || sip === undefined) throw new Error('the round has not begun');
    const { toPeer, toGateway, dns } = this.#world;
    const isOnDisk = this.#plan.faults.some(({ kind }) => kind === 'disk-full');
    const disk = isOnDisk ? this.#world.disk() : undefined;
    return {
      ...{ gateway, peer, sip, wires: [toPeer, toGateway], toPeer, dns, disk },
      say: (text) => this.#say(text),
      peerEnds: (since) => {
        // A scripted peer has what it has read; what it has not is for the gateway to tell.
        if (this.#plan.peer.startsWith('prosody')) this.#traffic().peerEnds(since);
      },
    };
  }

  #made: Traffic | undefined;

  #traffic(): Traffic {
    this.#made ??= trafficOf({
      plan: this.#plan,
      sip: () => this.#sip,
      peer: () => this.#peer,
      note: (event) => this.#note(event),
      openOf: (pair) => this.#books.openOf(pair),
      isOpen: (id) => this.#books.open().includes(id),
      until: (isSo, ms) => this.#until(isSo, ms),
    });
    return this.#made;
  }

  #peerEvents(): PeerEvents {
    return {
      onMessage: ({ body, isDelayed }) => this.#note({ type: 'delivered', id: body, isLate: isDelayed }),
      onError: (id) => this.#note({ type: 'told', id, how: 'error stanza' }),
      onTaken: (id) => this.#note({ type: 'taken', id }),
      onResent: (id) => this.#note({ type: 'resent', id }),
      onExcused: (id, why) => this.#note({ type: 'excused', id, why }),
      onNote: (text) => this.#say(text),
    };
  }

  #note(event: BookEvent): void {
    if (event.type === 'sent') this.#sent += 1;
    this.#say(JSON.stringify(event));
    this.#books.note(event);
    for (const listener of this.#listeners) listener();
  }

  /** Resolves when it is so, after an event of the books; or, where `ms` is given, after so many milliseconds. */
  #until(isSo: () => boolean, ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (isSo()) done();
      };
      const done = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve();
      };
      const timer = ms === undefined ? undefined : setTimeout(done, ms);
      this.#listeners.add(look);
      look();
    });
  }

  #say(text: string): void {
    this.#lines.push(`${String(Date.now() - this.#begun).padStart(6)} ${text}`);
  }

  #keep(balance: Balance): void {
    const kept = { plan: this.#plan, pairs: pairsBothWays.length, balance };
    writeFileSync(path.join(this.#folder, 'round.log'), `${this.#lines.join('\n')}\n`);
    writeFileSync(path.join(this.#folder, 'books.json'), `${JSON.stringify(kept, undefined, 2)}\n`);
    if (this.#gateway === undefined) return;
    writeFileSync(path.join(this.#folder, 'gateway.out'), this.#gateway.said());
    const log = path.join(this.#gateway.home, 'log');
    mkdirSync(path.join(this.#folder, 'log'), { recursive: true });
    for (const file of existsSync(log) ? readdirSync(log) : [])
      copyFileSync(path.join(log, file), path.join(this.#folder, 'log', file));
  }
}
