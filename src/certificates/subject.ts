/** The subject a request asks for: which fields there are, how long they may be, and in which order they stand. */

import { ok, type Result, refuse } from '../primitives/result.ts';
import { visibleText } from '../primitives/visible-text.ts';
import { attributeName, oid } from './object-identifiers.ts';

export interface SubjectFields {
  readonly country?: string | undefined;
  readonly state?: string | undefined;
  readonly city?: string | undefined;
  readonly organization?: string | undefined;
  readonly organizationalUnit?: string | undefined;
  readonly commonName?: string | undefined;
}

export interface SubjectAttribute {
  readonly type: string;
  readonly text: string;
}

/** In DER order, country first, as CertEnroll and openssl write it. */
export type Subject = readonly SubjectAttribute[];

/** Characters, not bytes. [X.520 upper bounds, RFC 5280 Appendix A.1] */
const fields = [
  { key: 'country', type: oid.country, parameter: 'Country', most: 2 },
  { key: 'state', type: oid.stateOrProvince, parameter: 'State', most: 128 },
  { key: 'city', type: oid.locality, parameter: 'City', most: 128 },
  { key: 'organization', type: oid.organization, parameter: 'Organization', most: 64 },
  { key: 'organizationalUnit', type: oid.organizationalUnit, parameter: 'OU', most: 64 },
] as const;

const commonNameUpperBound = 64;

export interface SubjectRefusal {
  readonly parameter: (typeof fields)[number]['parameter'];
  /** What is said of it: `is longer than 64 characters.` */
  readonly reason: string;
}

/** @returns The subject, or which field is wrong. A common name above 64 characters is left out: the alternative names carry it. */
export function planSubject(wanted: SubjectFields): Result<Subject, SubjectRefusal> {
  const subject: SubjectAttribute[] = [];
  for (const { key, type, parameter, most } of fields) {
    const given = wanted[key]?.trim() ?? '';
    if (given === '') continue;
    const text = key === 'country' ? given.toUpperCase() : given.normalize('NFC');
    if (/\p{Cc}/u.test(text)) return refuse({ parameter, reason: 'has a control character in it.' });
    if (key === 'country' && !/^[A-Z]{2}$/.test(text))
      return refuse({ parameter, reason: `is two letters such as TW, not "${given}".` });
    if (Array.from(text).length > most) return refuse({ parameter, reason: `is longer than ${most} characters.` });
    subject.push({ type, text });
  }
  const { commonName } = wanted;
  if (commonName !== undefined && commonName.length <= commonNameUpperBound)
    subject.push({ type: oid.commonName, text: commonName });
  return ok(subject);
}

/** `CN=sip.contoso.com, O=Contoso, C=TW`: most specific first. */
export const printSubject = (subject: Subject): string =>
  subject
    .map(({ type, text }) => `${attributeName(type)}=${visibleText(text)}`)
    .toReversed()
    .join(', ');
