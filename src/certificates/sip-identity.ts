/**
 * The SIP domains a certificate speaks for [RFC 5922 §7.1]: its `sip:` URIs without a user, and its DNS names only where it
 * has no such URI. Never the common name, never a wildcard: names are compared whole [RFC 5922 §7.2].
 */
import type { GeneralName } from './general-name.ts';

/** In lower case and otherwise as written: what is no domain name equals none. */
export function sipIdentities(names: readonly GeneralName[]): readonly string[] {
  const byUri = names.flatMap((name) => (name.kind === 'uri' ? hostOfSipUri(name.uri) : []));
  const found = byUri.length > 0 ? byUri : names.flatMap((name) => (name.kind === 'dns' ? [name.name] : []));
  return found.map((name) => name.toLowerCase());
}

/** A user part makes it a person's; a port or parameters say nothing about identity. */
function hostOfSipUri(uri: string): readonly string[] {
  const [, host] = /^sip:(\[[^\]]*\]|[^@:;?]+)(?:[:;?][^@]*)?$/i.exec(uri) ?? [];
  return host === undefined ? [] : [host];
}
