/** Failures of the configuration store, its keys and the run-time state: a part of the table in `failures.ts`. */
export const storeFailures = {
  ConfigurationDamaged: {
    category: 'invalid',
    meaning:
      'The store file is not what this program wrote. Nothing was overwritten; repair the named field or restore a revision.',
    next: 'xgw get-configurationhistory',
  },
  ConfigurationTooNew: {
    category: 'invalid',
    meaning: 'The store file was written by a newer version of this program.',
    next: 'xgw get-version',
  },
  StateTooNew: {
    category: 'invalid',
    meaning:
      'The run-time state, state/gateway in the store folder, was written by a newer version of this program. Use that version, or move the folder away: subscriptions and approvals are forgotten then.',
    next: 'xgw get-version',
  },
  StateBusy: {
    category: 'busy',
    meaning: 'Another process has the run-time state of this store open.',
    next: 'xgw get-service',
  },
  StoreBusy: {
    category: 'busy',
    meaning: 'Another process holds the configuration lock. The message names it.',
    next: 'xgw get-configurationstore',
  },
  StoreDenied: {
    category: 'denied',
    meaning: 'The store folder or a file in it cannot be read or written by this user.',
    next: 'xgw get-configurationstore',
  },
  StoreFull: {
    category: 'unavailable',
    meaning: 'The disk took only a part of the new configuration. The old one is still in place.',
    next: 'df -h',
  },
  AuditNotWritable: {
    category: 'unavailable',
    meaning:
      'The audit log, audit in the store folder, cannot be written: the disk is full, or the folder is not yours. A change that cannot be audited is not made; the service can be started, stopped and restarted and a session disconnected all the same, with a warning.',
    next: 'xgw get-configurationstore',
  },
  BackupUnreadable: {
    category: 'invalid',
    meaning:
      'The file is not a backup of this program, is cut or altered, or the password is another one. Nothing was restored.',
  },
  UndoConflict: {
    category: 'conflict',
    meaning:
      'Later changes touch the same fields, or what the change referred to is gone, so undoing it would undo those too. The message lists them; undo the later ones first.',
    next: 'xgw get-configurationhistory',
  },
  OwnershipConflict: {
    category: 'conflict',
    meaning:
      'A declarative file wants objects otherwise that were made by hand or that another file owns. Nothing was changed; -TakeOwnership makes them the objects of this file, and -WhatIf with it shows what that would do.',
    next: 'xgw compare-configuration -Path gateway.yaml',
  },
  PlanStale: {
    category: 'conflict',
    meaning:
      'The plan was made for another revision of the configuration, or its file has changed since, or it was applied already. Nothing was changed; show-plan still shows it, and sync-configuration -WhatIf -OutPlan makes a new one.',
    next: 'xgw get-configurationhistory',
  },
  PlanUnreadable: {
    category: 'invalid',
    meaning: 'The file is no plan of sync-configuration -OutPlan, or was altered after it was written.',
  },
  KeyFileExposed: {
    category: 'denied',
    meaning: 'A key file can be read by other users. chmod 600 it.',
    next: 'xgw get-configurationstore',
  },
  KeyFileDamaged: {
    category: 'invalid',
    meaning: 'A file in the keys folder of the store is not what this program wrote. Restore it from a backup.',
    next: 'xgw get-configurationstore',
  },
} as const;
