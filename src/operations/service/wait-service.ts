/** Waiting until the service is as somebody needs it: looked at again and again, since whoever is waited for may not run yet. */
import type { Configuration } from '../../config/configuration.ts';
import { type Clock, realClock } from '../../primitives/clock.ts';
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import { pause } from '../../primitives/pause.ts';
import type { ConfigStore } from '../../store/config-store.ts';
import { partnerDomainOrThrow } from '../federated-partners.ts';
import { xmppSessions } from '../xmpp-sessions.ts';
import { isGone, type ServiceState, serviceName, serviceState } from './service-state.ts';

/**
 * `Ready`: listens on both sides, with the configuration of the store. `RevisionLoaded`: the store's configuration is in
 * force. `PartnerConnected`: a stream with the partner is authenticated. `Stopped`: there is no process.
 */
export const serviceConditions = ['Ready', 'Stopped', 'RevisionLoaded', 'PartnerConnected'] as const;
export type ServiceCondition = (typeof serviceConditions)[number];

export interface WaitOrder {
  readonly store: ConfigStore;
  readonly condition: ServiceCondition;
  /** Any domain of the partner, for `PartnerConnected`. */
  readonly partner?: string | undefined;
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks: a person does not notice them, and a look takes a few. */
const lookMs = 100;

/**
 * @returns The state in which the condition was met.
 * @throws CodedError `ServiceTimeout` saying what the service is instead, `Interrupted`, `ObjectNotFound` for a domain of no partner.
 */
export async function waitForService(order: WaitOrder, clock: Clock = realClock): Promise<ServiceState> {
  const { store, condition, timeoutMs, signal } = order;
  const domains = condition === 'PartnerConnected' ? domainsOf(store.read(), order.partner) : [];
  const began = clock.now();
  for (;;) {
    const state = await serviceState(store.folder);
    if (await isMet(order, state, domains)) return state;
    if (signal.aborted) throw new CodedError('Interrupted', 'The waiting was interrupted.');
    if (clock.now() - began >= timeoutMs) throw tooLate(order, state);
    await pause(clock, lookMs, signal);
  }
}

async function isMet({ store, condition }: WaitOrder, state: ServiceState, domains: readonly string[]) {
  if (condition === 'Stopped') return isGone(state);
  if (state.status !== 'Running') return false;
  if (condition === 'PartnerConnected') return await isConnected(store.folder, domains);
  const { loadedRevision, listeners } = state.gateway;
  const isLoaded = loadedRevision >= store.read().revision;
  const listens = (side: string): boolean => listeners.some(({ protocol }) => protocol.startsWith(side));
  return isLoaded && (condition === 'RevisionLoaded' || (listens('xmpp') && listens('sip')));
}

/** Streams are opened when there is something to send: one that the partner has opened counts as well. */
async function isConnected(storeFolder: string, domains: readonly string[]): Promise<boolean> {
  try {
    const sessions = await xmppSessions(storeFolder);
    return sessions.some(
      ({ state, authenticated }) => state === 'established' && authenticated.some((each) => domains.includes(each)),
    );
  } catch (error) {
    if (isCodedError(error)) return false;
    throw error;
  }
}

/** @throws CodedError `MandatoryParameterMissing`, `ObjectNotFound` */
function domainsOf(configuration: Configuration, partner: string | undefined): readonly string[] {
  if (partner === undefined) {
    throw new CodedError('MandatoryParameterMissing', 'Which partner? PartnerConnected needs -Partner.', {
      fix: 'xgw get-xmppfederatedpartner',
      target: 'Partner',
    });
  }
  partnerDomainOrThrow(configuration, partner);
  const wanted = partner.toLowerCase();
  return Object.values(configuration.federatedPartners)
    .map(({ identity, additionalDomains }) => [identity, ...additionalDomains])
    .filter((domains) => domains.some((each) => each === wanted))
    .flat();
}

function tooLate({ store, condition, partner, timeoutMs }: WaitOrder, state: ServiceState): CodedError {
  const what = condition === 'PartnerConnected' ? `PartnerConnected (${partner ?? ''})` : condition;
  const isPartner = condition === 'PartnerConnected' && state.status === 'Running';
  return new CodedError('ServiceTimeout', `${serviceName} was not ${what} within ${timeoutMs / 1000} s.`, {
    reason: isPartner ? 'no stream with that partner is authenticated' : described(store, state),
    fix: isPartner ? `xgw test-federationroute ${partner ?? ''}` : ['xgw get-service', 'xgw get-eventlog -Tail 20'],
    target: serviceName,
  });
}

function described(store: ConfigStore, state: ServiceState): string {
  if ('reason' in state) return `it is ${state.status}: ${state.reason}`;
  if (!('gateway' in state)) return `it is ${state.status}`;
  const { loadedRevision, listeners } = state.gateway;
  return `it is ${state.status} with revision ${loadedRevision} of ${store.read().revision} and ${listeners.length} listeners`;
}
