/** The settings of an external access policy as parameters of new- and set-. */
import type { ExternalAccessPolicy } from '../../config/configuration.ts';
import { bool, clearable, optional, textUpTo } from '../host/parameters.ts';

const fromPipe = { pipeline: 'property' } as const;
const closed = { ...fromPipe, defaultText: 'False' } as const;
/** Characters. */
const maxDescription = 1024;

export const policySettings = {
  Description: optional(clearable(textUpTo(maxDescription)), 'A note for other administrators.', fromPipe),
  EnableFederationAccess: optional(bool, 'May talk to other organisations. XMPP needs it too.', closed),
  EnableXmppAccess: optional(bool, 'May talk to XMPP partners.', closed),
  EnablePublicCloudAccess: optional(
    bool,
    'May talk to public providers. Kept for scripts; XMPP does not ask it.',
    closed,
  ),
  EnableOutsideAccess: optional(bool, 'May sign in from outside. Kept for scripts; XMPP does not ask it.', closed),
};

export interface GivenPolicySettings {
  readonly Description: string | null | undefined;
  readonly EnableFederationAccess: boolean | undefined;
  readonly EnableXmppAccess: boolean | undefined;
  readonly EnablePublicCloudAccess: boolean | undefined;
  readonly EnableOutsideAccess: boolean | undefined;
}

export const withPolicySettings = (policy: ExternalAccessPolicy, given: GivenPolicySettings): ExternalAccessPolicy => ({
  ...policy,
  description: given.Description === undefined ? policy.description : (given.Description ?? ''),
  enableFederationAccess: given.EnableFederationAccess ?? policy.enableFederationAccess,
  enableXmppAccess: given.EnableXmppAccess ?? policy.enableXmppAccess,
  enablePublicCloudAccess: given.EnablePublicCloudAccess ?? policy.enablePublicCloudAccess,
  enableOutsideAccess: given.EnableOutsideAccess ?? policy.enableOutsideAccess,
});
