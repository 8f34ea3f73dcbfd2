/** What `test-configuration` looks at: the mistakes of a file, or the store with its certificates. */

import { examineCertificates } from '../../operations/certificates/examine-certificates.ts';
import { serviceKeyPassphrase } from '../../operations/certificates/key-passphrase.ts';
import { readConfigurationDocument } from '../../operations/declarative/configuration-document.ts';
import {
  type ConfigurationFinding,
  settingFindings,
  success,
} from '../../operations/declarative/configuration-findings.ts';
import { pathOf } from '../../operations/declarative/declared-secrets.ts';
import { withDesired } from '../../operations/declarative/desired-configuration.ts';
import { caretLines, printMistake } from '../../operations/declarative/document-error.ts';
import { desiredObjects } from '../../operations/declarative/sections.ts';
import { CodedError } from '../../primitives/errors.ts';
import { openKeyStore } from '../../store/key-store.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import { readSourceFiles } from './configuration-files.ts';
import { missingCertificates } from './configuration-sync.ts';

/** @throws CodedError `FileNotFound` */
export async function fileFindings(given: string, context: CmdletContext): Promise<readonly ConfigurationFinding[]> {
  const sources = await readSourceFiles(given, context);
  const base = context.store.read();
  const read = await readConfigurationDocument(sources, base);
  if (!read.ok) {
    return read.error.map((mistake) => {
      for (const line of [printMistake(mistake), ...caretLines(mistake, sources)])
        if (context.forPerson) context.say(line);
      return {
        Result: 'Failure',
        Name: 'Schema',
        Target: mistake.file,
        Detail: `${mistake.line}:${mistake.column}: ${mistake.sentence}`,
        Fix: null,
        File: mistake.file,
        Line: mistake.line,
        Column: mistake.column,
      };
    });
  }
  const document = read.value;
  const merged = withDesired(base, document.desired, 'merge');
  const isMeant = (section: Parameters<typeof desiredObjects>[1], identity: string): boolean =>
    Object.hasOwn(desiredObjects(document.desired, section) ?? {}, identity);
  const secrets = await unreadableSecrets(document.secrets, context);
  const certificates = missingCertificates(document, base, context.now());
  return [
    success('Schema', given, `the file of ${document.owner} is valid`),
    ...settingFindings(merged, isMeant),
    ...secrets.map((detail) => warning('Secret', given, detail)),
    ...certificates.map((detail) => warning('Certificate', given, detail)),
  ];
}

/** Where the file is checked its secrets need not be: the place that it is applied at has them. */
async function unreadableSecrets(
  secrets: readonly { readonly file: string; readonly fromFile: string }[],
  context: CmdletContext,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const secret of secrets) {
    try {
      await context.readInput(pathOf(secret));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      problems.push(`${secret.fromFile} cannot be read here: ${error.reason ?? error.message}`);
    }
  }
  return problems;
}

const warning = (Name: string, Target: string, Detail: string): ConfigurationFinding => ({
  ...success(Name, Target, Detail),
  Result: 'Warning',
});

/** @throws CodedError `ConfigurationDamaged` */
export async function storeFindings(context: CmdletContext): Promise<readonly ConfigurationFinding[]> {
  const { store } = context;
  const configuration = store.read();
  const where = { usages: undefined, storeFolder: store.folder, now: context.now() };
  const certificates = await examineCertificates(
    configuration,
    openKeyStore(store.folder, serviceKeyPassphrase),
    where,
  );
  return [
    success('Schema', 'store', `revision ${configuration.revision} is valid`),
    ...settingFindings(configuration, () => true),
    ...certificates.map(({ Result, Type, Domain, Name, Detail, Fix }) => ({
      ...success('Certificate', [Type, Domain ?? Name ?? ''].join(' ').trim(), Detail),
      Result,
      Fix,
    })),
  ];
}
