/** The gateway service as an object of the command line. */
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
  readonly CertificateDays: number | null;
  readonly Warnings: readonly string[];
  readonly RoleName: readonly string[];
  readonly [property: string]: unknown;
}

/** @param storeRevision - What the store holds now; the gateway may be a moment behind. */
export function serviceObject(state: ServiceState, storeRevision: number): ServiceObject {
  const gateway = 'gateway' in state ? state.gateway : undefined;
  return {
    Name: serviceName,
    DisplayName: 'XMPP Federation Gateway',
    Status: state.status,
    ActivityLevel: gateway === undefined ? null : activity(gateway.sessions, gateway.registrations),
    ProcessId: gateway?.processId ?? ('processId' in state ? state.processId : null),
    StartTime: gateway?.startTime ?? null,
    LoadedRevision: gateway?.loadedRevision ?? null,
    StoreRevision: storeRevision,
    Listeners: (gateway?.listeners ?? []).map(
      ({ protocol, address, port }) => `${protocol} ${hostPort(address, port)}`,
    ),
    Sessions: gateway?.sessions ?? null,
    Registrations: gateway?.registrations ?? null,
    CertificateDays: gateway?.certificateDays ?? null,
    Warnings: gateway?.warnings ?? [],
    RoleName: ['XmppFederation', 'SipGateway'],
  };
}

const activity = (sessions: number, registrations: number): string =>
  `${sessions} XMPP ${sessions === 1 ? 'stream' : 'streams'}, ${registrations} registered SIP ${registrations === 1 ? 'contact' : 'contacts'}`;

const hostPort = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
