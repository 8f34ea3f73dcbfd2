/** A certificate from an authority that answers over the network: asked for, waited for, imported and assigned in one go. */
import { resolve } from 'node:path';

import type { Certificate } from '../../certificates/certificate.ts';
import { readCertificate } from '../../certificates/certificate.ts';
import type { CertificateRenewal } from '../../config/certificate-renewal.ts';
import type { CertificateRequestRecord } from '../../config/configuration.ts';
import { certificateObject } from '../../operations/certificates/certificate-object.ts';
import { clearRequest, requestObject } from '../../operations/certificates/certificate-requests.ts';
import { addImported, keepImported, planImport } from '../../operations/certificates/import-certificate.ts';
import { importWarnings } from '../../operations/certificates/import-warnings.ts';
import { ownAnchors } from '../../operations/certificates/own-anchors.ts';
import { authorityFor } from '../../operations/online-authority/authority-for.ts';
import { PendingAtAuthority } from '../../operations/online-authority/online-authority.ts';
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import { openKeyStore } from '../../store/key-store.ts';
import type { CmdletContext, Values } from '../host/cmdlet.ts';
import { optional, path, switchType, textUpTo } from '../host/parameters.ts';
import { acmeParameters, acmeSettingsOf, authorityPorts } from './acme-parameters.ts';
import { commitRequest, type RequestOrder } from './commit-request.ts';
import { readKeptRequest } from './request-contents.ts';

export const onlineParameters = {
  ReuseKey: optional(
    switchType,
    'With acme: or est:, later renewals keep the private key, for partners that have pinned it.',
  ),
  EstRootsPath: optional(path, 'PEM file with the only roots under which an est: server is believed.', {
    defaultText: 'the roots of the system',
  }),
  EstUserName: optional(textUpTo(256), 'User name for an est: server that asks for one.'),
  EstPasswordFile: optional(path, 'File with the password for it; only you may read it. Renewals need it too.'),
  ...acmeParameters,
};

type OnlineWanted = Values<typeof onlineParameters>;

/** @throws CodedError `ParameterConflict` for what only an authority on the network could use */
export function refuseOnlineParameters(authority: string | undefined, wanted: OnlineWanted): void {
  const given = Object.entries(wanted).filter(([name, value]) => name in onlineParameters && value !== undefined);
  if (given.length === 0) return;
  const names = given.map(([name]) => `-${name}`).join(', ');
  throw new CodedError(
    'ParameterConflict',
    `${names} ${given.length === 1 ? 'goes' : 'go'} with an online authority.`,
    {
      reason: authority === undefined ? 'no -CA was given' : `-CA ${authority} asks nobody`,
      fix: 'xgw get-help request-certificate -Parameter CA',
    },
  );
}

/** Files are named in full, since the gateway runs in another folder. @param authority - `acme:<URL>` or `est:<URL>`. */
export function renewalOf(authority: string, wanted: OnlineWanted): CertificateRenewal {
  const { ReuseKey, EstRootsPath, EstUserName, EstPasswordFile, ...others } = wanted;
  const est = {
    ...(EstUserName === undefined ? {} : { userName: EstUserName }),
    ...(EstPasswordFile === undefined ? {} : { passwordFile: resolve(EstPasswordFile) }),
  };
  const isEst = authority.startsWith('est:');
  if (!isEst && (EstRootsPath !== undefined || Object.keys(est).length > 0))
    throw new CodedError('ParameterConflict', `${authority} is no EST server.`, {
      reason: '-EstRootsPath, -EstUserName and -EstPasswordFile go with -CA est:<URL>',
      fix: 'xgw get-help request-certificate -Parameter CA',
    });
  return {
    authority,
    ...acmeSettingsOf(authority, others),
    ...(EstRootsPath === undefined ? {} : { rootsPath: resolve(EstRootsPath) }),
    ...(ReuseKey === true ? { reuseKey: true } : {}),
    ...(Object.keys(est).length === 0 ? {} : { est }),
  };
}

export interface OnlineOrder extends RequestOrder {
  readonly renewal: CertificateRenewal;
}

/** Key and request are in the store before the authority is asked: what is interrupted here goes on with -Retrieve. */
export async function requestOnline(order: OnlineOrder, context: CmdletContext): Promise<void> {
  const { renewal } = order;
  // What is wrong with its settings comes before a key is made.
  await authorityFor(renewal, authorityPorts(context));
  const made = await commitRequest(order, context);
  if (made === undefined) return;
  const { request } = made;
  try {
    await completeOnline(request, renewal, context);
  } catch (error) {
    if (!isCodedError(error) || !error.id.startsWith('Authority')) throw error;
    if (passing.has(error.id)) throw askAgain(error, request);
    await giveUp(request, context);
    throw error;
  }
}

/** Failures that may be over soon: the same request can be asked for again. After the others it would be refused again. */
const passing: ReadonlySet<string> = new Set(['AuthorityPending', 'AuthorityUnreachable', 'AuthorityLimited']);

const askAgain = ({ id, message, reason, fix, target, cause }: CodedError, { requestId }: CertificateRequestRecord) =>
  new CodedError(id, message, {
    reason,
    fix: [
      ...fix,
      `xgw request-certificate -Retrieve -RequestId ${requestId}`,
      `xgw request-certificate -Clear -RequestId ${requestId}`,
    ],
    target,
    cause,
  });

async function giveUp({ requestId, publicKeySha256 }: CertificateRequestRecord, context: CmdletContext): Promise<void> {
  const cleared = await context.commit({
    target: `request ${requestId}`,
    apply: (current) => clearRequest(current, requestId),
  });
  if (!cleared.withheld) openKeyStore(context.store.folder).discardKey(publicKeySha256);
}

/** Asks the authority for what was requested, and takes what it issues into use. The same request may be completed again and again. */
export async function completeOnline(
  request: CertificateRequestRecord,
  renewal: CertificateRenewal,
  context: CmdletContext,
): Promise<void> {
  const { der: csr, extensions } = readKeptRequest(request.requestId, context);
  const names = extensions.subjectAlternativeNames.flatMap((name) => (name.kind === 'dns' ? [name.name] : []));
  const authority = await authorityFor(renewal, authorityPorts(context));
  context.verbose(`Asking ${renewal.authority}.`);
  try {
    await takeIntoUse(request, await authority.issue({ csr, names }, context.signal), context);
  } catch (error) {
    if (!(error instanceof PendingAtAuthority)) throw error;
    context.done(`request ${request.requestId} waits at the authority: ${error.reason}.`);
    context.hint(`xgw request-certificate -Retrieve -RequestId ${request.requestId}`);
    context.write(requestObject(request));
  }
}

async function takeIntoUse(
  request: CertificateRequestRecord,
  issued: readonly Buffer[],
  context: CmdletContext,
): Promise<void> {
  const keys = openKeyStore(context.store.folder);
  const now = context.now();
  const configuration = context.store.read();
  const bundle = { certificates: issued.map(readable), keys: [], friendlyNames: new Map<string, string>() };
  const plan = planImport(configuration, bundle, keys, { usages: request.usages, exportable: undefined, now });
  const anchors = ownAnchors(configuration);
  for (const warning of importWarnings(configuration, plan, anchors, now)) context.warn(warning);
  await keepImported(plan, keys);
  const { thumbprint } = plan.record;
  const committed = await context.commit({ target: thumbprint, apply: (current) => addImported(current, plan) });
  if (committed.withheld) return;
  context.done(
    `certificate ${thumbprint} issued and assigned; it will be renewed by itself. Revision ${committed.after.revision}.`,
  );
  const record = committed.after.certificates[thumbprint] ?? plan.record;
  const object = certificateObject(record, plan.chain, { now, anchors, hasPrivateKey: true });
  context.write({ ...object, Changed: committed.changed, Kind: 'Certificate' });
}

function readable(der: Buffer): Certificate {
  const read = readCertificate(der);
  if (read.ok) return read.value;
  throw new CodedError('AuthorityAnswerUnusable', 'The authority sent a certificate that cannot be read.', {
    reason: read.error,
  });
}
