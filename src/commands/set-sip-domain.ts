/** Set-SipDomain: makes a SIP domain the default one. */
import type { Configuration } from '../config/configuration.ts';
import { newSipDomain, setDefaultSipDomain, sipDomainObject } from '../operations/sip-domains.ts';
import { CodedError } from '../primitives/errors.ts';
import { sipDomainOutput } from './get-sip-domain.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { bool, domainName, mandatory, optional, switchType } from './host/parameters.ts';
import { reportChange } from './reports/report-change.ts';

export default defineCmdlet({
  name: 'Set-SipDomain',
  aliases: ['Set-CsSipDomain'],
  synopsis: 'Makes a SIP domain the default one.',
  description: 'There is always exactly one default: the way to demote a domain is to promote another.',
  parameters: {
    Identity: mandatory(domainName, 'The SIP domain.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'Name'],
    }),
    IsDefault: optional(bool, 'True makes it the default; False is refused.', { pipeline: 'property' }),
    Create: optional(switchType, 'Adds the domain when there is none.'),
  },
  examples: [{ command: 'set-sipdomain emea.contoso.com -IsDefault true', shows: 'Another default domain.' }],
  impact: 'Medium',
  output: sipDomainOutput,

  async run({ Identity, IsDefault, Create }, context) {
    const apply = (current: Configuration): Configuration => {
      if (Create && !Object.hasOwn(current.sipDomains, Identity)) {
        return newSipDomain(current, { identity: Identity, isDefault: IsDefault ?? false }, 'refuse');
      }
      const promoted = setDefaultSipDomain(current, Identity);
      if (IsDefault === false && current.sipDomains[Identity]?.isDefault) throw demotion(Identity);
      return IsDefault === true ? promoted : current;
    };
    const committed = await context.commit({ target: Identity, apply });
    if (committed.withheld) return;
    const before = committed.before.sipDomains[Identity];
    const after = committed.after.sipDomains[Identity];
    if (after === undefined) return;
    reportChange(context, committed, {
      name: Identity,
      before,
      after,
      output: sipDomainObject(after, committed.changed),
    });
  },
});

const demotion = (identity: string): CodedError =>
  new CodedError('InvalidValue', `${identity} is the default domain, and -IsDefault False is not accepted for it.`, {
    reason: 'there is always exactly one default: make another domain the default',
    fix: 'xgw get-sipdomain',
    target: identity,
  });
