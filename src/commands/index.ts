/** The manifest: every cmdlet, in the order of the help. */
import type { Cmdlet } from './host/cmdlet.ts';
import { certificates } from './manifest/certificates-cmdlets.ts';
import { configuration } from './manifest/configuration-cmdlets.ts';
import { diagnosis } from './manifest/diagnosis-cmdlets.ts';
import { history } from './manifest/history-cmdlets.ts';
import { provisioning } from './manifest/provisioning-cmdlets.ts';
import { services } from './manifest/services-cmdlets.ts';
import { shell } from './manifest/shell-cmdlets.ts';
import { users } from './manifest/users-cmdlets.ts';

export const cmdlets: readonly Cmdlet[] = [
  ...configuration,
  ...certificates,
  ...users,
  ...services,
  ...diagnosis,
  ...shell,
  ...provisioning,
  ...history,
];
