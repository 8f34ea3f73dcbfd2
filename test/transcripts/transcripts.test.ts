import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { temporaryFolder } from '../support/temporary-folder.ts';
import { matched, parseTranscript, type } from './transcript.ts';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'));

describe('what an administrator types, and what comes back', () => {
  it.each(files)('%s', (file) => {
    const home = path.join(temporaryFolder(), 'store');
    for (const step of parseTranscript(readFileSync(path.join(import.meta.dirname, file), 'utf8'))) {
      const came = type(step.typed, home);
      expect(came).toEqual(matched(step, came));
    }
  });

  it('a line that is none of the form is a mistake of the transcript', () => {
    expect(() => parseTranscript('$ xgw\nstdot x')).toThrow(/line 2/);
  });
});
