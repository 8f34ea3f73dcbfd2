/** The transcript of the management shell that a cmdlet runs in. */
import { CodedError } from '../../primitives/errors.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import type { Transcript } from '../host/transcript.ts';

/** @throws CodedError `NotSupportedOutsideShell` */
export function sessionTranscript({ transcript, cmdlet }: CmdletContext): Transcript {
  if (transcript) return transcript;
  throw new CodedError('NotSupportedOutsideShell', `${cmdlet} is about a session of the management shell.`, {
    reason: 'a process that runs one cmdlet is none; what changes anything is in the audit log anyway',
    fix: ['xgw enter-managementshell', 'xgw get-auditlog'],
  });
}
