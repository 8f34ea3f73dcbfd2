/** What cmdlets may ask of the running gateway about the devices and IM sessions of SIP users, and the asking. */

import type { Gateway } from '../gateway/gateway.ts';
import type { OpenImSession } from '../gateway/im-sessions.ts';
import type { ControlHandler } from '../gateway/service/control-channel.ts';
import type { RegisteredDevice } from '../gateway/sip/home/registered-device.ts';
import { askGateway } from './service/ask-gateway.ts';

/** As it crosses the control channel: times are ISO 8601. */
type Crossed<T> = { readonly [Field in keyof T]: T[Field] extends Date ? string : T[Field] };

export type Registration = Crossed<RegisteredDevice>;
export type ImSessionNow = Crossed<OpenImSession>;
export type RegistrationName = Pick<RegisteredDevice, 'aor' | 'contact'>;

export function sipControl(gateway: Gateway): Readonly<Record<string, ControlHandler>> {
  return {
    'sip-registrations': () => gateway.registrations(),
    'remove-sip-registrations': (parameter) =>
      (parameter as readonly RegistrationName[]).filter((device) => gateway.removeRegistration(device)),
    'im-sessions': () => gateway.imSessions(),
  };
}

/** @throws CodedError `ServiceNotRunning`, like the others */
export const sipRegistrationsNow = async (storeFolder: string): Promise<readonly Registration[]> =>
  await askGateway(storeFolder, 'sip-registrations');

/** @returns Those that were there. */
export const endSipRegistrations = async (
  storeFolder: string,
  names: readonly RegistrationName[],
): Promise<readonly RegistrationName[]> =>
  await askGateway(storeFolder, 'remove-sip-registrations', { parameter: names });

/** Oldest first. */
export const imSessionsNow = async (storeFolder: string): Promise<readonly ImSessionNow[]> =>
  await askGateway(storeFolder, 'im-sessions');
