/** Last Message Correction [XEP-0308]: SIP has no edits, so the corrected text comes as a message that says it is one. */
import { childOf, type Element } from '../xmpp/xml/element.ts';

export const correctionNamespace = 'urn:xmpp:message-correct:0';

/** What people read before the new text. */
const mark = '[edited] ';

export const isCorrection = (stanza: Element): boolean => childOf(stanza, 'replace', correctionNamespace) !== undefined;

export const markCorrected = (text: string): string => mark + text;
