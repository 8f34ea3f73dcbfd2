/** The address in our own Contact, as a session description wants it. */
import { sipUriIn } from '../aor.ts';
import { defaultPort } from '../transport.ts';

export interface Address {
  /** IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

export function contactAddress(contact: string): Address {
  const uri = sipUriIn(contact);
  return { host: (uri?.host ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port: uri?.port ?? defaultPort('tcp') };
}
