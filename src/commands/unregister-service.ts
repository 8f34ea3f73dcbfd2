/** Unregister-Service: removes the systemd unit that register-service wrote. The gateway, its store and its state stay. */
import { removeUnit, unitPath } from '../operations/service/register-service.ts';
import { unitName } from '../operations/service/systemd-unit.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { defaultScope, systemctl, unitOutput, unitParameters } from './settings/unit-parameters.ts';

export default defineCmdlet({
  name: 'Unregister-Service',
  synopsis: 'Removes the systemd unit of the gateway.',
  description:
    'A unit that is enabled, or that register-service did not write, is left alone without -Force. One that is not there is no error. The store and its state stay where they are.',
  parameters: { ...unitParameters },
  examples: [{ command: 'unregister-service -Path xgw.service', shows: 'Removes the unit that was written there.' }],
  impact: 'Medium',
  output: unitOutput,

  async run({ Scope, Path }, context) {
    const scope = Scope ?? defaultScope();
    const file = unitPath(scope, Path);
    if (!(await context.shouldProcess(file, 'Remove the systemd unit'))) return;
    const Changed = removeUnit(file, scope, context.force);
    context.done(Changed ? `${file} removed.` : `${file} is not there.`);
    if (Changed) context.hint(`${systemctl(scope)} daemon-reload`);
    if (context.passThru) context.write({ Name: unitName, Scope: scope, Path: file, Changed });
  },
});
