/** What suspend- and resume- share: the partners meant by a name or a pattern, one revision for all, and what is said of it. */
import type { Suspension } from '../../config/federated-partner.ts';
import { partnerKind, partnerObject, suspendPartners } from '../../operations/federated-partners.ts';
import { matchingNames, namedOrThrow } from '../../operations/named-objects.ts';
import { isPattern } from '../../operations/wildcard.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import { mandatory, pattern } from '../host/parameters.ts';

export const partnerIdentity = mandatory(pattern, 'Domain of a partner; * ? and [] select several.', {
  position: 0,
  pipeline: 'both',
  aliases: ['Domain', 'PrimaryDomain'],
  wildcard: true,
});

/** @param suspended - Nothing: the partners are taken up again. */
export async function changeSuspension(
  context: CmdletContext,
  identity: string,
  suspended: Suspension | undefined,
): Promise<void> {
  const { federatedPartners } = context.store.read();
  const found = matchingNames(federatedPartners, identity);
  const resting = found.filter((name) => federatedPartners[name]?.suspended !== undefined);
  // A name that does not exist is left to the change, which knows the near ones.
  const named = found.length > 0 ? found : [identity];
  const several = suspended === undefined ? resting : found;
  const wanted = isPattern(identity) ? several : named;
  const verb = suspended === undefined ? 'resumed' : 'suspended';
  if (wanted.length === 0) return context.done(`there is no partner ${identity}; nothing was ${verb}.`);
  const committed = await context.commit({
    target: wanted.join(', '),
    ...(isPattern(identity) ? { impact: 'High' } : {}),
    apply: (current) => suspendPartners(current, wanted, suspended),
    consequences: () => [
      suspended === undefined
        ? 'the next message or presence opens a stream again'
        : 'their streams are closed at once, messages either way are returned, and their contacts see your users offline',
    ],
  });
  if (committed.withheld) return;
  const end = suspended?.until === undefined ? '' : ` until ${suspended.until}`;
  context.done(`partner ${wanted.join(', ')} ${verb}${end}. Revision ${committed.after.revision}.`);
  if (!context.passThru) return;
  for (const name of wanted) {
    const partner = namedOrThrow(committed.after.federatedPartners, name, partnerKind);
    context.write(partnerObject(partner, committed.changed, context.now()));
  }
}
