/** The surroundings of a cmdlet with some parts replaced, for a cmdlet that runs inside another. */
import type { CmdletContext } from './cmdlet.ts';

/** The store is opened when it is first asked for: a context is wrapped, never copied. */
export const contextWith = (context: CmdletContext, replaced: Partial<CmdletContext>): CmdletContext =>
  Object.create(context, Object.getOwnPropertyDescriptors(replaced)) as CmdletContext;
