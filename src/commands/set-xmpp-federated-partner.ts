/** Set-XmppFederatedPartner: changes what is named, and leaves the rest of the partner as it is. */
import type { Configuration } from '../config/configuration.ts';
import { partnerDefaults } from '../config/defaults.ts';
import type { FederatedPartner } from '../config/federated-partner.ts';
import { effectiveMethods } from '../config/negotiation.ts';
import {
  newFederatedPartner,
  partnerObject,
  partnerWarnings,
  setFederatedPartner,
} from '../operations/federated-partners.ts';
import { partnerOutput } from './get-xmpp-federated-partner.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { standardInput } from './host/common-parameters.ts';
import { changedList } from './host/list-change.ts';
import { domainName, listChange, mandatory, optional, switchType } from './host/parameters.ts';
import { reportChange } from './reports/report-change.ts';
import { checkTrustedRoots, partnerSettings, withPartnerSettings } from './settings/partner-parameters.ts';
import { spkiPin } from './settings/value-types.ts';

export default defineCmdlet({
  name: 'Set-XmppFederatedPartner',
  aliases: ['Set-CsXmppAllowedPartner', 'Set-XmppAllowedPartner', 'sxp'],
  synopsis: 'Changes the settings of an XMPP federated partner.',
  description:
    "The running gateway follows at once: live streams that the new settings do not permit are closed. $null clears a setting that can be absent; write it '$null' in bash.",
  parameters: {
    Identity: mandatory(domainName, 'Primary domain of the partner.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'PrimaryDomain'],
    }),
    AdditionalDomains: optional(listChange(domainName), 'Further domains: a list replaces, +x,-y adds and removes.', {
      pipeline: 'property',
      aliases: ['AdditionalDomain'],
    }),
    ...partnerSettings,
    PinnedSpkiSha256: optional(listChange(spkiPin), 'Public keys: a list replaces, +x,-y adds and removes.', {
      pipeline: 'property',
    }),
    Instance: optional(standardInput, 'Keeps objects of standard input, new ones too: those of new- with -InMemory.'),
    Create: optional(switchType, 'Makes the partner, with the defaults for what is not named, when there is none.'),
  },
  examples: [
    { command: 'set-xmppfederatedpartner fabrikam.com -TlsNegotiation Optional', shows: 'One setting changes.' },
    {
      command: 'set-xmppfederatedpartner fabrikam.com -AdditionalDomains +b2b.fabrikam.com,-old.fabrikam.com',
      shows: 'Adds one additional domain and removes another.',
    },
    {
      command: "set-xmppfederatedpartner fabrikam.com -ProxyFqdn '$null'",
      shows: 'Goes back to what DNS says.',
    },
  ],
  impact: 'Medium',
  output: partnerOutput,

  async run(values, context) {
    await checkTrustedRoots(values.TrustedRootsPath, context);
    const identity = values.Identity;
    const creates = values.Create === true || values.Instance !== undefined;
    const edit = (partner: FederatedPartner): FederatedPartner => ({
      ...withPartnerSettings(partner, values),
      additionalDomains: changed(partner.additionalDomains, values.AdditionalDomains),
      pinnedSpkiSha256: changed(partner.pinnedSpkiSha256, values.PinnedSpkiSha256),
    });
    const apply = (current: Configuration): Configuration => {
      if (!creates || Object.hasOwn(current.federatedPartners, identity)) {
        return setFederatedPartner(current, identity, edit);
      }
      return newFederatedPartner(current, edit({ identity, ...partnerDefaults }), 'refuse');
    };
    const committed = await context.commit({ target: identity, apply, consequences: consequencesFor(identity) });
    if (committed.withheld) return;
    const before = committed.before.federatedPartners[identity];
    const after = committed.after.federatedPartners[identity];
    if (after === undefined) return;
    if (committed.changed) for (const warning of partnerWarnings(after)) context.warn(`${identity}: ${warning}.`);
    const output = partnerObject(after, committed.changed);
    reportChange(context, committed, { name: identity, before, after, output });
  },
});

type ListGiven<T> = Parameters<typeof changedList<T>>[1] | undefined;

const changed = <T>(current: readonly T[], given: ListGiven<T>): readonly T[] =>
  given === undefined ? current : changedList(current, given);

/** What -WhatIf says beside the fields: the methods that are gained and lost, and the warnings that remain. */
const consequencesFor = (identity: string) => (before: Configuration, after: Configuration) => {
  const [old, now] = [before.federatedPartners[identity], after.federatedPartners[identity]];
  if (now === undefined) return [];
  const methods = effectiveMethods(now);
  const lost = old === undefined ? [] : effectiveMethods(old).filter((method) => !methods.includes(method));
  const warnings = old === undefined ? [] : partnerWarnings(old);
  return [
    ...(lost.length > 0 ? [`no longer possible: ${lost.join(', ')}; what remains is ${methods.join(', ')}`] : []),
    ...partnerWarnings(now).filter((warning) => !warnings.includes(warning)),
  ];
};
