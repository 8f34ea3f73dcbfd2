/** Cmdlets typed in this process, on a store of a test: what they print comes back as objects. */
import type { Cmdlet } from '../../../src/commands/host/cmdlet.ts';
import { cmdlets } from '../../../src/commands/index.ts';
import { type Ran, runCmdlet } from '../../support/host-process.ts';

export interface CmdletsIn {
  /** Whatever comes of it. */
  typed(...words: readonly string[]): Promise<Ran>;
  /** @throws With what it said when the exit code is not 0. @returns The objects it wrote. */
  done(...words: readonly string[]): Promise<readonly Record<string, unknown>[]>;
}

/** By a name or an alias, in lower case. */
export function cmdletNamed(name: string): Cmdlet {
  const found = cmdlets.find((each) => [each.name, ...(each.aliases ?? [])].some((one) => one.toLowerCase() === name));
  if (!found) throw new Error(`no cmdlet ${name}`);
  return found;
}

/** @param home - Asked each time: a test has a store of its own. */
export function cmdletsIn(home: () => string): CmdletsIn {
  const typed = async (...[name = '', ...words]: readonly string[]): Promise<Ran> =>
    await runCmdlet(cmdletNamed(name), words, { env: { XGW_HOME: home() } });
  return {
    typed,
    async done(...words) {
      const { code, stdout, stderr } = await typed(...words);
      if (code !== 0) throw new Error(`${words.join(' ')}: ${code}\n${stderr}`);
      return stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}
