/**
 * What a refusal says of itself beside its status: Microsoft's diagnostics (`ms-diagnostics: 1003;reason="User does not
 * exist";source="fe.contoso.com"`), Warning [RFC 3261 §20.43] and Reason [RFC 3326]. Ids below 1000 are common ones, 1000 to 1999 routing, 2000
 * presence, 4000 user services, 5000 applications, 16000 the IM filter. Text of strangers: bounded, and of printable characters.
 */
import { visibleText } from '../../primitives/visible-text.ts';
import type { SipResponse } from './message.ts';
import { parseParameters } from './parameters.ts';
import { cutBefore, unquote } from './scan.ts';
import { sipWarnings, type Warning } from './warning.ts';

/** Characters of a text, and of the name of a server. Source: own choice; Microsoft's reasons are one sentence. */
export const maxDiagnosticText = 200;

export interface RefusalDetails {
  /** Microsoft's number of the cause. */
  readonly id?: number;
  /** One sentence, in the words of whoever refused. */
  readonly reason?: string;
  /** The server that says so. */
  readonly source?: string;
  /** Codes of Warning, 300 to 399, in their order. */
  readonly warnings: readonly number[];
}

/** Undefined for a success, and for a refusal that says nothing that can be read. */
export function refusalDetailsOf({ status, headers }: SipResponse): RefusalDetails | undefined {
  if (status < 300) return undefined;
  const warnings = sipWarnings(headers);
  const told =
    diagnosticIn(headers.get('ms-diagnostics')) ??
    diagnosticIn(headers.get('ms-diagnostics-public')) ??
    warned(warnings[0]) ??
    reasonIn(headers.get('Reason'));
  return told && { ...told, warnings: warnings.map(({ code }) => code) };
}

/** Words of a Warning of the IM filter: what was said is against its rules [code 309 as Lync uses it]. */
export const isFiltered = (status: number, details: RefusalDetails | undefined): boolean =>
  (status === 403 || status === 606) && details?.warnings.includes(309) === true;

/** `1003: User does not exist`; undefined when nothing of it is for people. */
export function refusalText({ id, reason }: RefusalDetails): string | undefined {
  const parts = [id === undefined ? undefined : String(id), reason].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : parts.join(': ');
}

type Told = Omit<RefusalDetails, 'warnings'>;

function diagnosticIn(value: string | undefined): Told | undefined {
  const [id, rest] = cutBefore(value ?? '', ';');
  const parameters = parseParameters(rest);
  if (!/^\s*[0-9]{1,7}\s*$/.test(id) || !parameters.ok) return undefined;
  const text = (name: string): string | undefined => {
    const written = parameters.value.get(name);
    return written === undefined ? undefined : shown(unquote(written));
  };
  const [reason, source] = [text('reason'), text('source')];
  return { id: Number(id), ...(reason !== undefined && { reason }), ...(source !== undefined && { source }) };
}

const warned = (warning: Warning | undefined): Told | undefined =>
  warning && { reason: shown(warning.text), source: shown(warning.agent) };

/** `SIP ;cause=480 ;text="..."`. */
function reasonIn(value: string | undefined): Told | undefined {
  const parameters = parseParameters(cutBefore(value ?? '', ';')[1]);
  const text = parameters.ok ? parameters.value.get('text') : undefined;
  return text === undefined ? undefined : { reason: shown(unquote(text)) };
}

const shown = (text: string): string => visibleText(text.slice(0, maxDiagnosticText));
