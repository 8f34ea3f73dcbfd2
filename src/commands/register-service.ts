/** Register-Service: the gateway as a service of systemd, started at boot and closed off. -WhatIf prints the unit. */
import pathModule from 'node:path';

import { unitFacts, unitPath, unitWarnings, writeUnit } from '../operations/service/register-service.ts';
import { systemdUnit, unitName } from '../operations/service/systemd-unit.ts';
import { shellWord } from '../primitives/shell-word.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, path } from './host/parameters.ts';
import { defaultDrainSeconds, drainParameter } from './settings/service-parameters.ts';
import { defaultScope, systemctl, unitOutput, unitParameters } from './settings/unit-parameters.ts';

export default defineCmdlet({
  name: 'Register-Service',
  synopsis: 'Writes the systemd unit of the gateway, or prints it with -WhatIf.',
  description:
    'It reports to systemd when it is ready, reloads with "systemctl reload", and is given no more of the machine than it needs; what that is follows from the store: a store below /var/lib gets a user that systemd makes for it, one elsewhere is served as its owner. A passphrase of private keys comes as the credential xgw-key-pass: from -KeyPassphraseFile, else from /etc/credstore/xgw-key-pass. Nothing is enabled or started. Once it is registered, start and stop it with systemctl: start-service would run it as whoever types it. The same unit again is no change.',
  parameters: {
    ...unitParameters,
    ...drainParameter('a stop'),
    KeyPassphraseFile: optional(path, 'File with the passphrase of the private keys; systemd reads it, as root.'),
  },
  examples: [
    { command: 'register-service -WhatIf', shows: 'Prints the unit, and makes nothing.' },
    { command: 'register-service -Path xgw.service', shows: 'Writes it to a file, to be installed by other means.' },
  ],
  impact: 'Medium',
  output: unitOutput,

  async run({ Scope, Path, DrainTimeout, KeyPassphraseFile }, context) {
    const scope = Scope ?? defaultScope();
    const configuration = context.store.read();
    const drainSeconds = DrainTimeout ?? defaultDrainSeconds;
    const passphraseFile = KeyPassphraseFile === undefined ? undefined : pathModule.resolve(KeyPassphraseFile);
    const [node = '', ...script] = context.program;
    const program = [node, ...script.map((word) => (word.startsWith('-') ? word : pathModule.resolve(word)))];
    const { folder } = context.store;
    const facts = unitFacts({ scope, program, storeFolder: folder, drainSeconds, passphraseFile }, configuration);
    const file = unitPath(scope, Path);
    const unit = systemdUnit(facts);
    for (const warning of unitWarnings(facts)) context.warn(warning);
    if (context.whatIf) return context.writeText(unit);
    if (!(await context.shouldProcess(file, 'Write the systemd unit'))) return;
    const command = commandOf({ Scope, Path: file, DrainTimeout, KeyPassphraseFile: passphraseFile });
    const Changed = writeUnit(file, unit, { force: context.force, command });
    context.done(Changed ? `${file} written.` : `${file} says so already.`);
    context.hint(`${systemctl(scope)} daemon-reload && ${systemctl(scope)} enable --now ${unitName}`);
    if (context.passThru) context.write({ Name: unitName, Scope: scope, Path: file, Changed });
  },
});

/** What was typed, with the files named in full. */
const commandOf = (given: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(given).reduce(
    (line, [name, value]) => (value === undefined ? line : `${line} -${name} ${shellWord(String(value))}`),
    'xgw register-service',
  );
