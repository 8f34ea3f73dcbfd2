/** Search-AuditLog: the acts that touched an object, of a person, with a cmdlet, or since a time. */
import { auditObject, findAuditEntries } from '../operations/audit/audit-entries.ts';
import { auditOutput } from './get-audit-log.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { dateTime, optional, pattern, wholeNumber } from './host/parameters.ts';

/** More than a person reads, and less than the log may hold. */
const defaultFirst = 1000;

export default defineCmdlet({
  name: 'Search-AuditLog',
  synopsis: 'Finds acts in the audit log by object, person, cmdlet and time; the newest first.',
  description: 'All that is named must fit. * ? and [] select several, case does not count.',
  parameters: {
    Identity: optional(pattern, 'The object that was named or changed: a domain, an address, a thumbprint.', {
      position: 0,
      pipeline: 'both',
      wildcard: true,
    }),
    User: optional(pattern, 'The account that ran the cmdlet, or the one behind sudo.', { wildcard: true }),
    Since: optional(dateTime, 'Acts at or after this time.'),
    Cmdlet: optional(pattern, 'The cmdlet.', { wildcard: true }),
    First: optional(wholeNumber(1, 1_000_000), 'How many at most.', { defaultText: String(defaultFirst) }),
  },
  examples: [
    { command: 'search-auditlog fabrikam.com', shows: 'Everything that was done to one partner.' },
    { command: "search-auditlog -User root -Cmdlet 'remove-*'", shows: 'What root has removed.' },
    { command: 'search-auditlog -Since 2026-11-22T09:00', shows: 'What happened since nine in the morning.' },
  ],
  output: auditOutput,
  accepts: [
    'AuditEntry',
    'XmppFederatedPartner',
    'User',
    'SipDomain',
    'SipRoute',
    'ExternalAccessPolicy',
    'Certificate',
  ],

  async run({ Identity, User, Since, Cmdlet, First }, context) {
    const query = { identity: Identity, user: User, cmdlet: Cmdlet, since: Since, first: First ?? defaultFirst };
    for (const line of findAuditEntries(context.store.folder, query)) context.write(auditObject(line));
  },
});
