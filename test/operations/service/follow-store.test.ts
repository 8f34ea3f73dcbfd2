/** What a running gateway adopts of its store, and what it says when it adopts nothing. */
import { expect, it } from '@jest/globals';

import type { Configuration } from '../../../src/config/configuration.ts';
import { followStore } from '../../../src/operations/service/follow-store.ts';
import { CodedError } from '../../../src/primitives/errors.ts';
import type { ConfigStore } from '../../../src/store/config-store.ts';
import { openConfigStore } from '../../../src/store/open-config-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const renamed = async (store: ConfigStore, description: string): Promise<Configuration> => {
  const apply = (current: Configuration): Configuration => ({
    ...current,
    gateway: { ...current.gateway, accessEdgeFqdn: description },
  });
  const order = { cmdlet: 'Set-XmppGatewayConfiguration', target: 'gateway', lockTimeoutMs: 5_000, apply };
  return (await store.update(order)).after;
};

async function following(adopt?: (next: Configuration) => Promise<void>) {
  const store = openConfigStore(temporaryFolder());
  const inForce = await renamed(store, 'one.example');
  const adopted: number[] = [];
  const follow = async () =>
    await followStore({ store, inForce, onEvent: () => undefined }, async (next) => {
      adopted.push(next.revision);
      await adopt?.(next);
    });
  return { store, inForce, adopted, follow };
}

it('what has changed since the start is adopted before anything else', async () => {
  const { store, inForce, adopted, follow } = await following();
  await renamed(store, 'two.example');
  const followed = await follow();
  expect(adopted).toEqual([inForce.revision + 1]);
  followed.close();
});

it('a gateway that stops does not say that a revision is in force', async () => {
  const { adopted, follow } = await following();
  const followed = await follow();
  followed.close();
  await expect(followed.adoptNow()).rejects.toMatchObject({ id: 'ServiceNotRunning' });
  expect(adopted).toEqual([]);
});

it('nor one that is told to stop while it adopts', async () => {
  let close = (): void => undefined;
  const { follow } = await following(async () => close());
  const followed = await follow();
  close = followed.close;
  await expect(followed.adoptNow()).rejects.toMatchObject({ id: 'ServiceNotRunning' });
});

it('a change that cannot be adopted is told, and ends nothing', async () => {
  const store = openConfigStore(temporaryFolder());
  const inForce = await renamed(store, 'one.example');
  const told = new Promise<string>((resolve) => {
    const adopt = async (): Promise<void> => {
      throw new CodedError('ListenerInUse', 'port 5269 is taken.');
    };
    void followStore({ store, inForce, onEvent: ({ id, message }) => resolve(`${id}: ${message}`) }, adopt).then(
      async (followed) => {
        await renamed(store, 'two.example');
        await told;
        followed.close();
      },
    );
  });
  expect(await told).toMatch(/^ConfigurationNotLoaded: .*port 5269 is taken\.$/);
});
