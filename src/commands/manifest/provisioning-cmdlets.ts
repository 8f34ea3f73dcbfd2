/** A part of the manifest: the configuration as a file, in the order of the help. */
import compareConfiguration from '../compare-configuration.ts';
import exportConfiguration from '../export-configuration.ts';
import getSchema from '../get-schema.ts';
import type { Cmdlet } from '../host/cmdlet.ts';
import showPlan from '../show-plan.ts';
import syncConfiguration from '../sync-configuration.ts';
import testConfiguration from '../test-configuration.ts';

export const provisioning: readonly Cmdlet[] = [
  exportConfiguration,
  testConfiguration,
  syncConfiguration,
  showPlan,
  compareConfiguration,
  getSchema,
];
