/** The first page of the certificate wizard: what there is to do, what is unfinished first, and the command line of each task but one. */

import { selectCertificates } from '../../operations/certificates/certificates.ts';
import getCertificate from '../get-certificate.ts';
import type { Cmdlet, CmdletContext } from '../host/cmdlet.ts';
import { filledIn } from '../host/localized-text.ts';
import { phrases } from '../host/phrases.ts';
import importCertificate from '../import-certificate.ts';
import setCertificate from '../set-certificate.ts';
import type { CertificateFacts } from './certificate-facts.ts';
import { usageChoices } from './certificate-pages.ts';
import type { CommandLine } from './perform-line.ts';

export type Task = 'complete' | 'create' | 'import' | 'assign' | 'view';

export const taskChoices: readonly { readonly value: Task; readonly meaning: string }[] = [
  { value: 'complete', meaning: 'Complete a pending request: the authority has returned the certificate.' },
  { value: 'create', meaning: 'Create a certificate request.' },
  { value: 'import', meaning: 'Import a certificate from a file.' },
  { value: 'assign', meaning: 'Assign an existing certificate.' },
  { value: 'view', meaning: 'View the certificates there are.' },
];

/** Going back from the first page leads nowhere. */
export async function askTask({ pending }: CertificateFacts, context: CmdletContext): Promise<Task> {
  const waits = context.localize(phrases.requestWaits);
  for (const { requestId, friendlyName, created } of pending)
    context.say(`  ${filledIn(waits, { id: requestId, name: friendlyName, date: created.slice(0, 10) })}`);
  const choices = pending.length > 0 ? taskChoices : taskChoices.filter(({ value }) => value !== 'complete');
  const answer = await context.ask({ message: phrases.task, choices, initial: choices[0]?.value ?? 'create' });
  return choices.find(({ value }) => value === answer)?.value ?? 'create';
}

/** @returns undefined when somebody goes back. */
export async function taskLine(
  task: Exclude<Task, 'create'>,
  facts: CertificateFacts,
  context: CmdletContext,
): Promise<CommandLine | undefined> {
  switch (task) {
    case 'complete':
      return await completion(facts, context);
    case 'import':
      return await importing(undefined, context);
    case 'assign':
      return await assignment(context);
    case 'view':
      return { cmdlet: getCertificate as Cmdlet, tokens: [] };
  }
}

async function completion({ pending }: CertificateFacts, context: CmdletContext): Promise<CommandLine | undefined> {
  const choices = pending.map(({ requestId, friendlyName }) => ({ value: String(requestId), meaning: friendlyName }));
  const [only] = choices;
  const wanted = choices.length === 1 ? only?.value : await choose(`${phrases.request} (-RequestId)`, choices, context);
  const request = pending.find(({ requestId }) => String(requestId) === wanted);
  // The certificate finds its request by its public key; what it is for stands in the request.
  return request === undefined ? undefined : await importing(request.usages.join(','), context);
}

async function importing(usages: string | undefined, context: CmdletContext): Promise<CommandLine | undefined> {
  const file = await context.ask({
    message: `${phrases.returnedFile} (-Path)`,
    help: phrases.returnedFileHelp,
    mayGoBack: true,
    refuse: (answer) => (answer === '' ? 'A file is needed, such as ./edge.p7b.' : undefined),
  });
  if (file === undefined) return undefined;
  const choices = [
    { value: 'yes', meaning: phrases.seenFromNowOn },
    { value: 'no', meaning: phrases.assignLater },
  ];
  const assigns = await choose(`${phrases.assignAtOnce} (-Type)`, choices, context);
  if (assigns === undefined) return undefined;
  const use =
    assigns === 'yes' ? (usages ?? (await choose(`${phrases.whatItIsFor} (-Type)`, usageChoices, context))) : undefined;
  return { cmdlet: importCertificate as Cmdlet, tokens: [file, ...(use === undefined ? [] : ['-Type', use])] };
}

async function assignment(context: CmdletContext): Promise<CommandLine | undefined> {
  const records = selectCertificates(context.store.read(), undefined);
  if (records.length === 0) {
    context.say(`  ${context.localize(phrases.noCertificateYet)}`);
    return undefined;
  }
  const choices = records.map(({ thumbprint, friendlyName }) => ({ value: thumbprint, meaning: friendlyName }));
  const thumbprint = await choose(`${phrases.certificate} (-Thumbprint)`, choices, context);
  if (thumbprint === undefined) return undefined;
  const usage = await choose(`${phrases.whatItIsFor} (-Type)`, usageChoices, context);
  return usage === undefined ? undefined : { cmdlet: setCertificate as Cmdlet, tokens: [thumbprint, '-Type', usage] };
}

const choose = async (
  message: string,
  choices: readonly { readonly value: string; readonly meaning?: string }[],
  context: CmdletContext,
): Promise<string | undefined> =>
  await context.ask({ message, choices, initial: choices[0]?.value ?? '', mayGoBack: true });
