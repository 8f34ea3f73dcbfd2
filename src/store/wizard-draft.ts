/**
 * Answers of a wizard that has not come to its end, so that a crash or a closed window loses none: `state/<wizard>.draft.json`,
 * 0600. Wizards ask for no secret, so none is in it.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomically } from '../primitives/atomic-file.ts';
import { systemErrorCode } from '../primitives/errors.ts';
import { storeDenied } from './store-denied.ts';
import { giveToFolderOwner, prepareStoreFolder } from './store-folder.ts';

export interface WizardDraft {
  /** By parameter. What cannot be read was never kept; undefined also when nothing was. */
  read(): Readonly<Record<string, string>> | undefined;
  /** In place of those that were kept. @throws CodedError `StoreDenied`, `StoreFull` */
  write(answers: Readonly<Record<string, string>>): void;
  discard(): void;
}

/** Characters: thirty answers, one of them a thousand names. */
const maxText = 400_000;

/** @param wizard - `request-certificate`: a part of the file's name. */
export function wizardDraft(storeFolder: string, wizard: string): WizardDraft {
  const folder = path.join(storeFolder, 'state');
  const file = path.join(folder, `${wizard}.draft.json`);
  const guarded = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      throw storeDenied(file, error);
    }
  };
  return {
    read: () => readAnswers(file),
    write: (answers) =>
      guarded(() => {
        prepareStoreFolder(storeFolder);
        if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) giveToFolderOwner(storeFolder, folder);
        writeFileAtomically({ path: file, data: `${JSON.stringify(answers)}\n`, mode: 0o600 });
      }),
    discard: () => guarded(() => rmSync(file, { force: true })),
  };
}

function readAnswers(file: string): Readonly<Record<string, string>> | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    const kept: unknown = text.length > maxText ? undefined : JSON.parse(text);
    if (typeof kept !== 'object' || kept === null || Array.isArray(kept)) return undefined;
    const answers = Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    return answers.length === 0 ? undefined : Object.fromEntries(answers);
  } catch (error) {
    if (systemErrorCode(error) === undefined && !(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
