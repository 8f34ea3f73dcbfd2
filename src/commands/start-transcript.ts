/** Start-Transcript: the session of the management shell, into a file. */
import path from 'node:path';

import { checkOutputFile } from '../operations/output-file.ts';
import { CodedError, systemErrorCode } from '../primitives/errors.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, path as pathType, switchType } from './host/parameters.ts';
import { sessionTranscript } from './shell/session-transcript.ts';

export default defineCmdlet({
  name: 'Start-Transcript',
  synopsis: 'Writes what is typed and shown in the management shell into a file, until Stop-Transcript or the end.',
  description:
    'The file is for its owner only. Values behind the name of a secret are replaced by [secret]. Without -Path it is xgw-transcript-<time>.txt in the current folder.',
  parameters: {
    Path: optional(pathType, 'The file. -Force writes over one that is there.', {
      position: 0,
      aliases: ['FilePath', 'LiteralPath'],
    }),
    Append: optional(switchType, 'Adds to the file.'),
  },
  examples: [
    { command: 'start-transcript change-4711.txt', shows: 'In the management shell: from here on all of it.' },
  ],
  impact: 'Low',

  async run({ Path, Append }, context) {
    const transcript = sessionTranscript(context);
    const running = transcript.file();
    if (running !== undefined) {
      throw new CodedError('ParameterConflict', `a transcript is being written to ${running} already.`, {
        fix: 'xgw stop-transcript',
        target: running,
      });
    }
    const time = context
      .now()
      .toISOString()
      .replaceAll(/[-:]|\.\d+/g, '');
    const file = path.resolve(Path ?? `xgw-transcript-${time}.txt`);
    checkOutputFile(file, context.force || Append === true);
    if (!(await context.shouldProcess(file, 'write the transcript'))) return;
    try {
      transcript.start(file, Append === true);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === undefined) throw error;
      throw new CodedError('OutputDenied', `${file} cannot be written.`, { reason: code, target: file, cause: error });
    }
    context.done(`The transcript goes to ${file}.`);
  },
});
