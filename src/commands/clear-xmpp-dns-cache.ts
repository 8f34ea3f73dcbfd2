/** Clear-XmppDnsCache: DNS is asked anew, and a partner that could not be reached is tried at once. */
import { clearDnsCache } from '../operations/clear-dns-cache.ts';
import { partnerDomainOrThrow } from '../operations/federated-partners.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { domainName, optional } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Clear-XmppDnsCache',
  synopsis: 'Makes the running gateway forget what DNS said of partners, and try those it could not reach at once.',
  description:
    'After failures a partner is left alone for a while, longer each time; that wait ends too. Live streams stay as they are.',
  parameters: {
    Domain: optional(domainName, 'Domain of a partner.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Identity'],
      defaultText: 'all domains',
    }),
  },
  examples: [
    {
      command: 'clear-xmppdnscache fabrikam.com',
      shows: 'The partner has moved its server; the next message finds it.',
    },
    { command: 'clear-xmppdnscache', shows: 'Everything is looked up anew.' },
  ],
  impact: 'Low',
  accepts: ['XmppFederatedPartner'],

  async run({ Domain }, context) {
    if (Domain !== undefined) partnerDomainOrThrow(context.store.read(), Domain);
    const whose = Domain ?? 'all domains';
    if (!(await context.shouldProcess(whose, 'Clear the DNS cache and end the back-off'))) return;
    await clearDnsCache(context.store.folder, Domain);
    context.done(`the DNS cache of ${whose} is empty, and the back-off after failures has ended.`);
  },
});
