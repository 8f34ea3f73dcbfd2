/** How far the store is on the way to a running gateway. It only looks: nothing is made, nothing is locked. */
import { existsSync } from 'node:fs';

import type { Configuration } from '../../config/configuration.ts';
import { emptyConfiguration } from '../../config/defaults.ts';
import { isCodedError } from '../../primitives/errors.ts';
import { readConfigurationFile } from '../../store/config-file.ts';
import { lockHolder } from '../../store/config-lock.ts';
import { runFolder, storeFile } from '../../store/store-folder.ts';
import type { StoreProgress } from './overview.ts';

export async function storeProgress(folder: string): Promise<StoreProgress> {
  try {
    const configuration = readConfigurationFile(storeFile(folder)) ?? emptyConfiguration;
    const isRunning = existsSync(runFolder(folder)) && (await lockHolder(runFolder(folder))) !== undefined;
    return progressOf(configuration, isRunning);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return { stage: 'unreadable', sentence: error.message };
  }
}

export function progressOf(configuration: Configuration, isRunning: boolean): StoreProgress {
  const { sipDomains, federatedPartners, certificates } = configuration;
  const domains = Object.values(sipDomains);
  const domain = (domains.find(({ isDefault }) => isDefault) ?? domains[0])?.identity;
  if (domain === undefined) return { stage: 'nothing-configured' };
  const partners = Object.keys(federatedPartners).length;
  if (isRunning) return { stage: 'running', domain, partners };
  if (partners === 0) return { stage: 'no-partner', domain };
  const isServed = Object.values(certificates).some(({ assignedTo }) => assignedTo.length > 0);
  return { stage: isServed ? 'stopped' : 'no-certificate', domain, partners };
}
