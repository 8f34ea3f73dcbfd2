/** Import-Certificate with a file of authorities: chains of the store are completed, and roots are trusted when somebody agrees. */
import type { Certificate } from '../../certificates/certificate.ts';
import type { CertificateBundle } from '../../certificates/certificate-bundle.ts';
import { printDistinguishedName } from '../../certificates/distinguished-name.ts';
import { certificateObject } from '../../operations/certificates/certificate-object.ts';
import { thumbprintOf } from '../../operations/certificates/certificates.ts';
import {
  type AuthoritiesPlan,
  keepAuthorities,
  planAuthorities,
  refuseForeignTrustFile,
  withTrustedRoots,
} from '../../operations/certificates/import-authorities.ts';
import { ownAnchors } from '../../operations/certificates/own-anchors.ts';
import { openKeyStore } from '../../store/key-store.ts';
import type { CmdletContext } from '../host/cmdlet.ts';

/** @returns Whether anything in it was of use; false: it is the file of a stranger. @throws CodedError `TrustFileForeign` */
export async function importAuthorities(
  bundle: CertificateBundle,
  file: string,
  context: CmdletContext,
): Promise<boolean> {
  const keys = openKeyStore(context.store.folder);
  const configuration = context.store.read();
  const plan = planAuthorities(configuration, bundle, keys);
  const { completed, newRoots, knownRoots, unused } = plan;
  if (completed.length + newRoots.length + knownRoots.length === 0) return false;
  if (newRoots.length > 0) refuseForeignTrustFile(configuration, keys, file);
  for (const certificate of unused)
    context.warn(`The intermediate "${nameOf(certificate)}" belongs to no certificate of the store and is left out.`);
  if (!(await mayKeep(plan, context))) return true;
  const current = context.store.read();
  if (newRoots.length > 0) refuseForeignTrustFile(current, keys, file);
  keepAuthorities(plan, keys, current);
  if (newRoots.length > 0) {
    const apply = (current: typeof configuration) => withTrustedRoots(current, keys);
    await context.commit({ target: keys.trustedRootsPath, apply });
  }
  report(plan, context);
  return true;
}

/** A root is trusted for every partner, so it is asked for; an intermediate only makes a chain whole. */
async function mayKeep({ completed, newRoots }: AuthoritiesPlan, context: CmdletContext): Promise<boolean> {
  for (const { record } of completed)
    if (!(await context.shouldProcess(record.thumbprint, 'Complete the chain of the certificate'))) return false;
  if (newRoots.length === 0) return true;
  const names = newRoots.map((root) => `"${nameOf(root)}", SHA-1 ${thumbprintOf(root)}`).join(', ');
  return await context.shouldProcess(names, 'Trust the authority for the certificates of all partners', 'High');
}

const nameOf = ({ subject }: Certificate): string => printDistinguishedName(subject);

function report({ completed, newRoots, knownRoots }: AuthoritiesPlan, context: CmdletContext): void {
  const keys = openKeyStore(context.store.folder);
  const held = new Set(keys.keyNames());
  const after = context.store.read();
  const anchors = ownAnchors(after);
  for (const root of newRoots)
    context.done(`"${nameOf(root)}" is trusted for the certificates of all partners. Revision ${after.revision}.`);
  for (const root of knownRoots) context.done(`"${nameOf(root)}" is trusted already.`);
  for (const { record, chain } of completed) {
    context.done(`the chain of certificate ${record.thumbprint} has ${chain.length} certificates now.`);
    const view = { now: context.now(), anchors, hasPrivateKey: held.has(record.publicKeySha256) };
    context.write({ ...certificateObject(record, chain, view), Changed: true });
  }
}
