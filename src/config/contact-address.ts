/** Whom to write to about this service: `abuse=mailto:abuse@contoso.com`, as partners can ask for it [XEP-0157 §2]. */
import { ok, type Result, refuse } from '../primitives/result.ts';

/** The kinds of the registry [XEP-0157 §2.1]. */
export const contactKinds = ['abuse', 'admin', 'feedback', 'sales', 'security', 'status', 'support'] as const;
export type ContactKind = (typeof contactKinds)[number];

export interface ContactAddress {
  readonly kind: ContactKind;
  readonly uri: string;
}

/** What people can write to or read. */
const uriPattern = /^(?:mailto:|xmpp:|https?:\/\/)[^\s"<>\\^`{|}\u0000-\u0020\u007f-\u009f]{1,500}$/;

/** Reads `kind=uri`; the URI is mailto, xmpp, http or https. */
export function parseContactAddress(text: string): Result<ContactAddress, string> {
  const [word = ''] = text.split('=', 1);
  const kind = contactKinds.find((known) => known === word);
  const uri = text.slice(word.length + 1);
  if (kind === undefined || !uriPattern.test(uri)) {
    return refuse(
      `"${text}" is not a contact such as abuse=mailto:abuse@contoso.com (${contactKinds.join(', ')}; mailto, xmpp, http or https).`,
    );
  }
  return ok({ kind, uri });
}
