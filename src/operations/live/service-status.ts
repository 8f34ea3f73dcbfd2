/** The gateway and its partners at one moment: what the dashboard shows and get-servicestatus emits. */

import type { Configuration } from '../../config/configuration.ts';
import type { FederatedPartner } from '../../config/federated-partner.ts';
import type { GatewayStatus } from '../../gateway/gateway-status.ts';
import type { ControlHandler } from '../../gateway/service/control-channel.ts';
import { isCodedError } from '../../primitives/errors.ts';
import type { ConfigStore } from '../../store/config-store.ts';
import { askGateway } from '../service/ask-gateway.ts';
import { serviceName, serviceState } from '../service/service-state.ts';
import { wildcard } from '../wildcard.ts';
import { type XmppSession, xmppSessions } from '../xmpp-sessions.ts';
import { activityMinutes, type PartnerActivities, type PartnerActivity } from './partner-activity.ts';

/** `Idle`: no stream, and nothing wrong. `Unknown`: no gateway runs that could say. */
export type PartnerState = 'Connected' | 'Idle' | 'Failed' | 'Suspended' | 'Unknown';

export interface PartnerStatus {
  readonly partner: string;
  readonly partnerType: string;
  readonly state: PartnerState;
  readonly sessions: number;
  readonly perMinute: readonly number[];
  readonly p95Ms?: number | undefined;
  readonly lastProblem?: PartnerActivity['lastProblem'];
}

export interface ServiceStatus {
  readonly name: string;
  readonly status: string;
  /** ISO 8601; absent while it does not run. */
  readonly startTime?: string | undefined;
  readonly loadedRevision?: number | undefined;
  readonly storeRevision: number;
  readonly sessions: number;
  readonly registrations: number;
  readonly certificateDays?: number | undefined;
  readonly warnings: readonly string[];
  /** By name. */
  readonly partners: readonly PartnerStatus[];
}

const method = 'partner-activity';

export const activityControl = (activities: PartnerActivities): Readonly<Record<string, ControlHandler>> => ({
  [method]: () => activities.read(),
});

/** @param partner - A partner or a pattern. */
export async function serviceStatus(
  store: ConfigStore,
  partner: string | undefined,
  now: Date,
): Promise<ServiceStatus> {
  const configuration = store.read();
  const state = await serviceState(store.folder);
  const told = 'gateway' in state ? await tellOf(store.folder) : undefined;
  const fits = wildcard(partner ?? '*');
  return {
    name: serviceName,
    status: state.status,
    storeRevision: configuration.revision,
    ...('gateway' in state ? toldBy(state.gateway) : untold(state)),
    partners: partnersOf(configuration, told, now).filter((each) => fits(each.partner)),
  };
}

const toldBy = ({ startTime, loadedRevision, sessions, registrations, certificateDays, warnings }: GatewayStatus) => ({
  startTime,
  loadedRevision,
  sessions,
  registrations,
  certificateDays,
  warnings,
});

const untold = (state: object) => ({
  sessions: 0,
  registrations: 0,
  warnings: 'reason' in state && typeof state.reason === 'string' ? [state.reason] : [],
});

interface Told {
  readonly sessions: readonly XmppSession[];
  readonly activities: readonly PartnerActivity[];
}

/** A gateway that has ended or got stuck meanwhile says nothing. */
async function tellOf(folder: string): Promise<Told | undefined> {
  try {
    const sessions = await xmppSessions(folder);
    const activities = await askGateway(folder, method);
    return { sessions, activities: activities as readonly PartnerActivity[] };
  } catch (error) {
    if (isCodedError(error) && /^Service(?:NotRunning|Timeout)$/.test(error.id)) return undefined;
    throw error;
  }
}

const partnersOf = (
  { federatedPartners }: Configuration,
  told: Told | undefined,
  now: Date,
): readonly PartnerStatus[] =>
  Object.values(federatedPartners)
    .toSorted((one, other) => (one.identity < other.identity ? -1 : 1))
    .map((partner) => partnerStatus(partner, told, now));

function partnerStatus(partner: FederatedPartner, told: Told | undefined, now: Date): PartnerStatus {
  const domains: readonly string[] = [partner.identity, ...partner.additionalDomains];
  const activities = (told?.activities ?? []).filter(({ domain }) => domains.includes(domain));
  const sessions = (told?.sessions ?? []).filter(
    ({ state, authenticated }) => state === 'established' && authenticated.some((each) => domains.includes(each)),
  ).length;
  const lastProblem = newest(activities.map((each) => each.lastProblem));
  const facts = {
    sessions,
    lastProblem,
    lastSuccess:
      activities
        .map((each) => each.lastSuccess ?? '')
        .toSorted()
        .at(-1) ?? '',
  };
  return {
    partner: partner.identity,
    partnerType: partner.partnerType,
    state: told === undefined ? 'Unknown' : stateOf(partner, facts, now),
    sessions,
    perMinute: Array.from({ length: activityMinutes }, (_, index) =>
      activities.reduce((sum, { perMinute }) => sum + (perMinute[index] ?? 0), 0),
    ),
    p95Ms: activities.reduce<number | undefined>(
      (most, { p95Ms }) => (p95Ms === undefined ? most : Math.max(most ?? 0, p95Ms)),
      undefined,
    ),
    lastProblem,
  };
}

interface Facts {
  readonly sessions: number;
  readonly lastProblem: PartnerActivity['lastProblem'];
  readonly lastSuccess: string;
}

function stateOf(
  { suspended }: FederatedPartner,
  { sessions, lastProblem, lastSuccess }: Facts,
  now: Date,
): PartnerState {
  if (suspended !== undefined && (suspended.until === undefined || Date.parse(suspended.until) > now.getTime()))
    return 'Suspended';
  if (sessions > 0) return 'Connected';
  return lastProblem !== undefined && lastProblem.time >= lastSuccess ? 'Failed' : 'Idle';
}

const newest = (problems: readonly PartnerActivity['lastProblem'][]): PartnerActivity['lastProblem'] =>
  problems.reduce((last, each) => ((each?.time ?? '') > (last?.time ?? '') ? each : last), undefined);

/** Messages of the last whole minute, or of the one that goes on when it has more. */
export const messagesPerMinute = ({ perMinute }: PartnerStatus): number => Math.max(...perMinute.slice(-2), 0);

/** The status as get-servicestatus emits it. */
export const statusObject = (status: ServiceStatus): Readonly<Record<string, unknown>> => ({
  Name: status.name,
  Status: status.status,
  StartTime: status.startTime ?? null,
  LoadedRevision: status.loadedRevision ?? null,
  StoreRevision: status.storeRevision,
  Sessions: status.sessions,
  Registrations: status.registrations,
  CertificateDays: status.certificateDays ?? null,
  Warnings: status.warnings,
  Partners: status.partners.map((each) => ({
    Partner: each.partner,
    PartnerType: each.partnerType,
    State: each.state,
    Sessions: each.sessions,
    MessagesPerMinute: messagesPerMinute(each),
    LastMinutes: each.perMinute,
    P95Ms: each.p95Ms ?? null,
    LastProblem: each.lastProblem?.message ?? null,
    LastProblemTime: each.lastProblem?.time ?? null,
  })),
});
