/** The gateway service as an object of the command line. */
import type { GatewayStatus } from '../../gateway/gateway-status.ts';
import type { ListenerAddress } from '../../primitives/listener-address.ts';
import { type ServiceState, serviceName } from './service-state.ts';

export interface ServiceObject {
  readonly Name: string;
  readonly DisplayName: string;
  readonly Status: ServiceState['status'];
  readonly ActivityLevel: string | null;
  readonly ProcessId: number | null;
  readonly StartTime: string | null;
  readonly LoadedRevision: number | null;
  readonly StoreRevision: number;
  readonly Listeners: readonly string[];
  readonly Sessions: number | null;
  readonly Registrations: number | null;
  readonly Hops: readonly string[];
  readonly Certificate: string | null;
  readonly CertificateSince: string | null;
  readonly CertificateDays: number | null;
  readonly PlannedCertificate: string | null;
  readonly EffectiveDate: string | null;
  readonly NextRenewal: string | null;
  readonly Warnings: readonly string[];
  readonly RoleName: readonly string[];
  readonly [property: string]: unknown;
}

/** @param storeRevision - What the store holds now; the gateway may be a moment behind. */
export function serviceObject(state: ServiceState, storeRevision: number): ServiceObject {
  const common = {
    Name: serviceName,
    DisplayName: 'XMPP Federation Gateway',
    Status: state.status,
    StoreRevision: storeRevision,
    RoleName: ['XmppFederation', 'SipGateway'],
  };
  return { ...common, ...('gateway' in state ? told(state.gateway) : untold(state)) };
}

function untold(state: Exclude<ServiceState, { readonly gateway: unknown }>) {
  const ProcessId = 'processId' in state ? state.processId : null;
  return { ...nothingKnown, ProcessId, Warnings: 'reason' in state ? [state.reason] : [] };
}

function told(gateway: GatewayStatus) {
  return {
    ActivityLevel: activity(gateway.sessions, gateway.registrations),
    ProcessId: gateway.processId,
    StartTime: gateway.startTime,
    LoadedRevision: gateway.loadedRevision,
    Listeners: listenerNames(gateway.listeners),
    Sessions: gateway.sessions,
    Registrations: gateway.registrations,
    Hops: [...new Set((gateway.hops ?? []).map(({ hop, state }) => `${hop} ${state}`))],
    Certificate: gateway.certificateThumbprint ?? null,
    CertificateSince: gateway.certificateSince ?? null,
    CertificateDays: gateway.certificateDays ?? null,
    PlannedCertificate: gateway.plannedCertificate?.thumbprint ?? null,
    EffectiveDate: gateway.plannedCertificate?.from ?? null,
    NextRenewal: gateway.nextRenewal ?? null,
    Warnings: gateway.warnings,
  };
}

/** `xmpp 0.0.0.0:5269`, each. */
export const listenerNames = (listeners: readonly ListenerAddress[]): readonly string[] =>
  listeners.map(({ protocol, address, port }) => `${protocol} ${hostPort(address, port)}`);

const nothingKnown = {
  ActivityLevel: null,
  ProcessId: null,
  StartTime: null,
  LoadedRevision: null,
  Listeners: [],
  Sessions: null,
  Registrations: null,
  Hops: [],
  Certificate: null,
  CertificateSince: null,
  CertificateDays: null,
  PlannedCertificate: null,
  EffectiveDate: null,
  NextRenewal: null,
  Warnings: [],
} as const;

const activity = (sessions: number, registrations: number): string =>
  `${sessions} XMPP ${sessions === 1 ? 'stream' : 'streams'}, ${registrations} registered SIP ${registrations === 1 ? 'contact' : 'contacts'}`;

/** As a URI writes it: IPv6 in brackets. */
export const hostPort = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
