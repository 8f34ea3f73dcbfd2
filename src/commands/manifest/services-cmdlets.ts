/** A part of the manifest: the service and its log, in the order of the help. */
import getEventLog from '../get-event-log.ts';
import getQueuedMessage from '../get-queued-message.ts';
import getService from '../get-service.ts';
import getServiceStatus from '../get-service-status.ts';
import type { Cmdlet } from '../host/cmdlet.ts';
import registerService from '../register-service.ts';
import removeQueuedMessage from '../remove-queued-message.ts';
import restartService from '../restart-service.ts';
import startService from '../start-service.ts';
import stopService from '../stop-service.ts';
import unregisterService from '../unregister-service.ts';
import updateService from '../update-service.ts';
import waitService from '../wait-service.ts';

export const services: readonly Cmdlet[] = [
  getEventLog,
  getService,
  getServiceStatus,
  startService,
  stopService,
  restartService,
  waitService,
  updateService,
  registerService,
  unregisterService,
  getQueuedMessage,
  removeQueuedMessage,
];
