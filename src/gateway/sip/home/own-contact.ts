/** Our side of a dialog with a device: where its requests go, and the Contact it gets. */
import { ok, type Result } from '../../../primitives/result.ts';
import type { SipEndpoint } from '../sip-endpoint.ts';
import { parseSipUri, printSipUri } from '../sip-uri.ts';
import type { Destination, Source } from '../transport.ts';

/** Back to where a request came from, by the same connection while it is open. */
export const sourceAsDestination = ({ transport, address, port, connectionId }: Source): Destination => ({
  transport,
  host: address,
  port,
  connectionId,
});

/** A Contact value for the user of `aor` at our address towards the destination. Refusal: there is no way to it. */
export async function ownContact(
  endpoint: Pick<SipEndpoint, 'localAddress'>,
  destination: Destination,
  aor: string,
): Promise<Result<string, string>> {
  const address = await endpoint.localAddress(destination);
  if (!address.ok) return address;
  const uri = parseSipUri(aor);
  const { host, port } = address.value;
  const contact = {
    scheme: 'sip',
    user: uri.ok ? uri.value.user : undefined,
    host: host.includes(':') ? `[${host}]` : host,
    port,
    parameters: new Map([['transport', destination.transport]]),
  } as const;
  return ok(`<${printSipUri(contact)}>`);
}
