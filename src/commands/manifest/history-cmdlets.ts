/** A part of the manifest: audit, history and backups, in the order of the help. */
import backupConfiguration from '../backup-configuration.ts';
import getAuditLog from '../get-audit-log.ts';
import getConfigurationHistory from '../get-configuration-history.ts';
import getConfigurationStore from '../get-configuration-store.ts';
import type { Cmdlet } from '../host/cmdlet.ts';
import importConfiguration from '../import-configuration.ts';
import restoreConfiguration from '../restore-configuration.ts';
import searchAuditLog from '../search-audit-log.ts';
import testAuditLog from '../test-audit-log.ts';
import undoConfigurationChange from '../undo-configuration-change.ts';

export const history: readonly Cmdlet[] = [
  getAuditLog,
  searchAuditLog,
  testAuditLog,
  getConfigurationHistory,
  undoConfigurationChange,
  importConfiguration,
  backupConfiguration,
  restoreConfiguration,
  getConfigurationStore,
];
