/** Stop-Transcript: the end of what Start-Transcript began. */
import { CodedError } from '../primitives/errors.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { sessionTranscript } from './shell/session-transcript.ts';

export default defineCmdlet({
  name: 'Stop-Transcript',
  synopsis: 'Ends the transcript of the management shell.',
  parameters: {},
  examples: [{ command: 'stop-transcript', shows: 'In the management shell: the file is closed, and named.' }],

  async run(_values, context) {
    const file = sessionTranscript(context).stop();
    if (file === undefined) {
      throw new CodedError('ObjectNotFound', 'no transcript is being written.', {
        fix: 'xgw get-help start-transcript',
      });
    }
    context.done(`The transcript is in ${file}.`);
  },
});
