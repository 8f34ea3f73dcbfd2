/** The dialog of one session and where its requests go: every request inside it, and the ACKs of its INVITEs. */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { type Dialog, nextRequest, receiveInDialog, receiveResponse } from '../dialog.ts';
import type { HeaderField } from '../headers.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { tagOf } from '../name-addr.ts';
import type { FinalResponse, RequestOptions } from '../outgoing-request.ts';
import { isSuccess } from '../status.ts';
import type { Destination } from '../transport.ts';
import type { Accepted } from './asked-session.ts';
import { acknowledged, acknowledgeRefresh, furtherSuccess } from './im-invitation.ts';
import type { ImSessionSetup } from './session-setup.ts';

interface Content {
  readonly headers: readonly HeaderField[];
  readonly body?: Buffer | undefined;
}

export class SessionDialog {
  readonly #setup: Pick<ImSessionSetup, 'endpoint' | 'destination'>;
  readonly #userAor: string;
  readonly #accepted: Accepted | undefined;
  #dialog: Dialog | undefined;
  /** Whoever took our INVITE. */
  #peer: Destination | undefined;

  /** @param accepted - An INVITE of the user; without one there is no dialog before `taken`. */
  constructor(setup: Pick<ImSessionSetup, 'endpoint' | 'destination'>, userAor: string, accepted?: Accepted) {
    this.#setup = setup;
    this.#userAor = userAor;
    this.#accepted = accepted;
    this.#dialog = accepted?.dialog;
  }

  get destination(): Destination | undefined {
    return this.#peer ?? this.#setup.destination(this.#userAor, this.#accepted?.source);
  }

  /** Our INVITE was answered there: its session lives there. */
  answeredBy(peer: Destination): void {
    this.#peer = peer;
  }

  /** The first 2xx to our INVITE. @returns False when it makes no dialog. */
  taken(response: SipResponse, peer: Destination): boolean {
    this.#dialog = acknowledged(this.#setup, response, peer);
    return this.#dialog !== undefined;
  }

  furtherSuccess(response: SipResponse, invited: Destination): void {
    furtherSuccess(this.#setup, { dialog: this.#dialog, destination: this.#peer ?? invited }, response);
  }

  /** Refusal: 481 for somebody else, 500 for an old CSeq number. */
  receive(request: SipRequest): Result<void, 400 | 481 | 500> {
    const isPeer = this.#dialog?.remoteTag === (request.headers.read('From', tagOf) ?? '');
    if (this.#dialog === undefined || !isPeer) return refuse(481);
    const received = receiveInDialog(this.#dialog, request);
    if (!received.ok) return received;
    this.#dialog = received.value;
    return ok(undefined);
  }

  async request(method: string, content?: Content, options?: RequestOptions): Promise<FinalResponse> {
    const { destination } = this;
    if (this.#dialog === undefined || destination === undefined) return unreachable('there is no next hop');
    const next = nextRequest(this.#dialog, method, content?.headers, content?.body);
    this.#dialog = next.dialog;
    return this.#setup.endpoint.request(next.request, destination, options);
  }

  /** Each 2xx to a re-INVITE gets its ACK; that of a refresh may move the target [RFC 3261 §12.2.1.2]. */
  async refresh(method: string, content: Content): Promise<FinalResponse> {
    const onFurtherSuccess = (response: SipResponse): void => this.#refreshed(method, response);
    const final = await this.request(method, content, { onFurtherSuccess });
    if (final.ok && isSuccess(final.response.status)) this.#refreshed(method, final.response);
    return final;
  }

  #refreshed(method: string, response: SipResponse): void {
    const { destination } = this;
    if (this.#dialog === undefined || destination === undefined) return;
    this.#dialog = receiveResponse(this.#dialog, response);
    if (method === 'INVITE') acknowledgeRefresh(this.#setup, this.#dialog, destination, response);
  }
}

export const unreachable = (detail: string): FinalResponse => ({ ok: false, why: 'transport', detail });
