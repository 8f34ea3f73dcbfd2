/** The output of a cmdlet that runs inside of another one: its objects as they are, to its neighbour. */
import type { OutputKind } from './cmdlet.ts';
import { type ObjectWriter, selected, withKind } from './object-writer.ts';
import type { Pipe } from './pipe.ts';

/** @param properties - Of -Property. */
export const pipeWriter = (
  pipe: Pipe,
  output: OutputKind | undefined,
  properties: readonly string[] | undefined,
): ObjectWriter => ({
  write: (object) => pipe.emit(selected(withKind(object, output), properties)),
  writeValue: (value) => pipe.emit(value),
  flush: () => undefined,
  restart: () => undefined,
  end: () => undefined,
});
