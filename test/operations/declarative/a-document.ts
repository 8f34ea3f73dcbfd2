/** Declarative files as tests write them: what stands in `spec`, and the frame around it. */
import type { Configuration } from '../../../src/config/configuration.ts';
import { emptyConfiguration } from '../../../src/config/defaults.ts';
import {
  type ConfigurationDocument,
  readConfigurationDocument,
} from '../../../src/operations/declarative/configuration-document.ts';
import { printMistake } from '../../../src/operations/declarative/document-error.ts';

/** @param spec - Lines that are indented by two. */
export const fileOf = (spec: string, owner = 'git:infra/edge'): string =>
  `apiVersion: xgw/v1\nkind: GatewayConfiguration\nmetadata: { name: edge01, owner: "${owner}" }\nspec:\n${spec}\n`;

/** Lines before the first of `spec`. */
export const headLines = 4;

export async function mistakesIn(
  texts: Readonly<Record<string, string>>,
  base: Configuration = emptyConfiguration,
): Promise<readonly string[]> {
  const files = Object.entries(texts).map(([file, text]) => ({ file, text }));
  const read = await readConfigurationDocument(files, base);
  return read.ok ? [] : read.error.map(printMistake);
}

export async function documentIn(
  text: string,
  base: Configuration = emptyConfiguration,
): Promise<ConfigurationDocument> {
  const read = await readConfigurationDocument([{ file: 'gateway.yaml', text }], base);
  if (read.ok) return read.value;
  throw new Error(read.error.map(printMistake).join('\n'));
}
