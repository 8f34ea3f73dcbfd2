/** What register-service and unregister-service have in common. */
import { unitScopes } from '../../operations/service/systemd-unit.ts';
import { oneOf, optional, path } from '../host/parameters.ts';

export const unitParameters = {
  Scope: optional(oneOf(unitScopes, 'Scope'), 'System: for the machine. User: for the manager of your own services.', {
    defaultText: 'System for root, else User',
  }),
  Path: optional(path, 'The file of the unit, in place of the one where systemd looks.'),
};

export const defaultScope = (): 'System' | 'User' => (process.getuid?.() === 0 ? 'System' : 'User');
export const systemctl = (scope: 'System' | 'User'): string => `systemctl${scope === 'User' ? ' --user' : ''}`;

export const unitOutput = { kind: 'ServiceUnit', table: ['Name', 'Scope', 'Path', 'Changed'] } as const;
