/** What test/support asks of jest, for a program that is not run by it: what is to be cleaned up afterwards is. */

type Hook = () => unknown;

const hooks: Hook[] = [];

export const afterEach = (hook: Hook): void => void hooks.push(hook);
export const afterAll = afterEach;
export const describe = (): void => undefined;
export const it = describe;

/** In the order in which they were registered, each of them whatever the others do. */
export async function runHooks(): Promise<void> {
  for (const hook of hooks) {
    try {
      await hook();
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
    }
  }
}
