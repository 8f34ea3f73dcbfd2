/** Entity Time [XEP-0202]: our clock, always in UTC, which tells nobody where the machine stands. */
import { type Element, element } from '../xmpp/xml/element.ts';
import { timeNamespace } from './described-entities.ts';

/** `2026-11-22T09:14:00Z`: the profile of XEP-0082, whole seconds. */
export const timeOf = (now: Date): Element =>
  element(
    'time',
    timeNamespace,
    {},
    element('tzo', timeNamespace, {}, '+00:00'),
    element('utc', timeNamespace, {}, now.toISOString().replace(/\.\d+Z$/, 'Z')),
  );
