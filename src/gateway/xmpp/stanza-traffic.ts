/** The stanzas of one stream in both directions, as its machine has it: those sent wait for the peer, those received are counted until they are done. */
import type { ReceivingEffect } from './received-stanzas.ts';
import { maxUnhandled } from './s2s-limits.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { SendingEffect } from './sent-stanzas.ts';
import type { Handled } from './stanza.ts';
import type { Doubt } from './stanza-carrier.ts';
import type { StanzaError } from './stanza-error.ts';
import { isFarewell, type StreamErrorCondition } from './stream-error.ts';
import type { StreamRecord } from './stream-record.ts';
import type { StreamSocket } from './stream-socket.ts';
import { type StanzaProgress, UnacknowledgedStanzas } from './unacknowledged-stanzas.ts';
import type { Element } from './xml/element.ts';
import { printElement } from './xml/xml-writer.ts';

/** Who takes the stanzas of authenticated peers. */
export interface StanzaReceiver {
  /** @param isCounted - The peer keeps it until it hears that it is handled [XEP-0198]. */
  deliver(stanza: Element, record: StreamRecord, isCounted: boolean): Handled;
  returnStanza(stanza: Element, error: StanzaError): void;
}

export type TrafficEvent =
  | { readonly type: 'stanza-sent' }
  | { readonly type: 'handled'; readonly number: number }
  | { readonly type: 'acknowledgement-due' }
  | { readonly type: 'acknowledgement-overdue' };

export type TrafficEffect =
  | Exclude<ReceivingEffect, { do: 'send' }>
  | Extract<SendingEffect, { do: 'acknowledged' | 'expect' }>;

export interface TrafficPorts {
  readonly record: StreamRecord;
  readonly socket: StreamSocket;
  /** Absent: what is received is dropped. */
  readonly receiver: StanzaReceiver | undefined;
  tell(event: TrafficEvent): void;
  /** It was full, and is not any more. */
  onRoom?(): void;
}

export class StanzaTraffic {
  readonly #ports: TrafficPorts;
  readonly #unacknowledged: UnacknowledgedStanzas;
  /** Stanzas of the peer that their consumer is not done with. */
  #unhandled = 0;

  constructor(options: Pick<S2sOptions, 'clock' | 'limits'>, ports: TrafficPorts) {
    this.#ports = ports;
    this.#unacknowledged = new UnacknowledgedStanzas(options, (type) => ports.tell({ type }));
  }

  get isFull(): boolean {
    return this.#unacknowledged.isFull;
  }

  /** Whether the peer still owes an acknowledgement. */
  get isOwed(): boolean {
    return this.#unacknowledged.size > 0;
  }

  /** @param brokenOff - The stream error with which the peer ended the stream, if it did. */
  doubt(brokenOff: StreamErrorCondition | undefined): Doubt {
    const { record, socket } = this.#ports;
    if (record.lost || (brokenOff !== undefined && !isFarewell(brokenOff))) return 'lost';
    return brokenOff !== undefined || socket.endedByPeer || !socket.peerEnded ? 'unread' : 'none';
  }

  /** @param isCounted - Whether the peer counts this stanza [XEP-0198 §4]. */
  send(stanza: Element, progress: StanzaProgress, isCounted: boolean): void {
    const { record, socket } = this.#ports;
    record.countOut(stanza);
    socket.sendText(printElement(stanza), () => progress.onAccepted(isCounted));
    if (!isCounted) return;
    this.#unacknowledged.add(progress);
    record.unacknowledged = this.#unacknowledged.size;
    this.#ports.tell({ type: 'stanza-sent' });
  }

  /** Where the peer counts, the question costs no more than white space and tells whether it is there. */
  keepAlive(isCounted: boolean): void {
    if (isCounted) this.#ports.tell({ type: 'acknowledgement-due' });
    else this.#ports.socket.sendText(' ');
  }

  perform(effect: TrafficEffect): void {
    switch (effect.do) {
      case 'deliver':
        return this.#deliver(effect);
      case 'return':
        this.#ports.receiver?.returnStanza(effect.stanza, effect.error);
        return this.#done(effect.number);
      case 'acknowledged':
        return this.#settle(effect.stanzas);
      default:
        return this.#unacknowledged.expect(effect.what);
    }
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#unacknowledged.expect('nothing');
  }

  #settle(stanzas: number): void {
    const wasFull = this.isFull;
    this.#unacknowledged.settle(stanzas);
    this.#ports.record.unacknowledged = this.#unacknowledged.size;
    if (wasFull && !this.isFull) this.#ports.onRoom?.();
  }

  #deliver({ stanza, number }: Extract<TrafficEffect, { do: 'deliver' }>): void {
    const { record, receiver } = this.#ports;
    record.countIn(stanza);
    const handling = receiver?.deliver(stanza, record, number !== undefined);
    if (handling === undefined) return this.#done(number);
    this.#unhandled += 1;
    if (this.#unhandled === maxUnhandled) this.#ports.socket.holdReading(true);
    const onHandled = (fate: void | 'unanswered'): void => {
      this.#unhandled -= 1;
      if (this.#unhandled === maxUnhandled / 2) this.#ports.socket.holdReading(false);
      // The peer does not hear that it is handled, and sends it again on another stream.
      if (fate !== 'unanswered') this.#done(number);
    };
    void handling.then(onHandled, () => onHandled());
  }

  #done(number: number | undefined): void {
    if (number !== undefined) this.#ports.tell({ type: 'handled', number });
  }
}
