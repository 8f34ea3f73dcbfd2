/** Who may send what to whom on an authenticated stream, whoever opened it, RFC 6120 §8.1 and §4.9.3. */
import type { DomainName } from '../../primitives/domain-name.ts';
import { type DomainPair, samePair } from './dialback.ts';
import { domainpartOf } from './jid.ts';
import { notServed, type StreamRefusal } from './stream-refusal.ts';
import type { Element } from './xml/element.ts';

/**
 * Why the stanza costs its stream; nothing when it may be taken.
 *
 * @param pairs - Those that the peer is authenticated for, on this very stream.
 */
export function addressingProblem(
  { attributes }: Element,
  pairs: readonly DomainPair[],
  isLocalDomain: (domain: DomainName) => boolean,
): StreamRefusal | undefined {
  const { from, to } = attributes as Readonly<Record<string, string | undefined>>;
  if (from === undefined || to === undefined) return badAddress('A stanza between servers has a from and a to.');
  const local = domainpartOf(to);
  const remote = domainpartOf(from);
  if (local === undefined) return badAddress('The to has no domain name.');
  if (!isLocalDomain(local)) return notServed(local);
  if (remote !== undefined && pairs.some((pair) => samePair(pair, { local, remote }))) return undefined;
  return {
    code: 'sender-not-authenticated',
    condition: 'invalid-from',
    text: `${remote ?? 'This domain'} is not authenticated for ${local}.`,
  };
}

const badAddress = (text: string): StreamRefusal => ({ code: 'bad-address', condition: 'improper-addressing', text });
