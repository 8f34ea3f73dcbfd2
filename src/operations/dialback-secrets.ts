/**
 * The secret that dialback keys are made from, and the one before it for as long as keys made from it may be under way: a
 * rotation breaks no stream that is being authenticated, and another gateway of the domain has time to follow.
 */
import type { GatewayPorts } from '../gateway/gateway-ports.ts';
import type { Secret } from '../primitives/secret.ts';

/** Milliseconds for which a key made from the former secret is still ours: longer than any authentication takes. */
const formerSecretMs = 5 * 60_000;

export interface DialbackSecrets extends Required<Pick<GatewayPorts, 'dialbackSecret' | 'formerDialbackSecret'>> {
  /** Takes over what is stored now. @throws CodedError when it cannot be read; then nothing changes. */
  reload(): void;
}

/** @param now - The wall clock. */
export function dialbackSecrets(read: () => Secret, now: () => Date): DialbackSecrets {
  let current = read();
  let former: { readonly secret: Secret; readonly until: number } | undefined;
  return {
    dialbackSecret: () => current,
    formerDialbackSecret: () => (former !== undefined && now().getTime() < former.until ? former.secret : undefined),
    reload() {
      const next = read();
      if (next.reveal() === current.reveal()) return;
      former = { secret: current, until: now().getTime() + formerSecretMs };
      current = next;
    },
  };
}
