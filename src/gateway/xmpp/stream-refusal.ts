/** What a peer is told when its stream is refused, and under which name the administrator finds it. */
import type { DomainName } from '../../primitives/domain-name.ts';
import type { RefusalCode } from './refusal-code.ts';
import type { StreamError } from './stream-error.ts';
import type { StreamSecurity } from './stream-security.ts';

export interface StreamRefusal extends StreamError {
  readonly code: RefusalCode;
}

export const noRoom = (security: StreamSecurity): StreamRefusal => ({
  code: 'too-many-streams',
  condition: 'resource-constraint',
  text: `${security.partner} has all the streams it may have.`,
});

/** On the stream, and as the answer of dialback. */
export const notAllowed = (remote: DomainName): StreamRefusal & { readonly condition: 'policy-violation' } => ({
  code: 'not-allowed',
  condition: 'policy-violation',
  text: `${remote} is not an allowed partner.`,
});

export const notServed = (local: DomainName): StreamRefusal => ({
  code: 'not-served',
  condition: 'host-unknown',
  text: `${local} is not served here.`,
});

export const noLongerServed = (local: DomainName): StreamRefusal => ({
  code: 'not-served',
  condition: 'host-gone',
  text: `${local} is not served here any more.`,
});

export const requirementsChanged: StreamRefusal = {
  code: 'requirements-changed',
  condition: 'reset',
  text: 'The requirements for this stream changed.',
};

export const notAuthenticated: StreamRefusal = {
  code: 'not-authenticated',
  condition: 'not-authorized',
  text: 'The stream is not authenticated.',
};

export const tlsRequired: StreamRefusal = {
  code: 'tls-required',
  condition: 'policy-violation',
  text: 'Use of STARTTLS required',
};
