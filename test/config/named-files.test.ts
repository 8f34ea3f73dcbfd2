/** What a configuration wants to read outside of its store. */
import { expect, it } from '@jest/globals';

import type { Configuration } from '../../src/config/configuration.ts';
import { filesNamedIn } from '../../src/config/named-files.ts';
import { fabrikam, openConfiguration } from '../support/crossing.ts';

it('is every file that the gateway, a partner and a renewal name', () => {
  const renewal = {
    authority: 'est:https://ca.example',
    rootsPath: '/home/ca.pem',
    est: { passwordFile: '/home/est' },
    acme: { dnsHook: '/home/hook', eabHmacKeyFile: '/home/eab' },
  };
  const certificate = {
    ...{ thumbprint: 'AA', friendlyName: '', publicKeySha256: '', privateKeyExportable: true, localTestCa: false },
    ...{ assignedTo: [], renewal },
  };
  const configuration: Configuration = {
    ...openConfiguration,
    gateway: { ...openConfiguration.gateway, trustedRootsPath: '/home/all.pem' },
    federatedPartners: { [fabrikam.identity]: { ...fabrikam, trustedRootsPath: '/home/theirs.pem' } },
    certificates: { AA: certificate },
  };
  expect(filesNamedIn(configuration)).toEqual([
    ...['/home/all.pem', '/home/theirs.pem', '/home/ca.pem', '/home/est', '/home/hook', '/home/eab'],
  ]);
  expect(filesNamedIn(openConfiguration)).toEqual([]);
});
