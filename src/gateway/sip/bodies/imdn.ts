/**
 * Instant Message Disposition Notification [RFC 5438]: what a sender asks for in the header fields of his CPIM envelope, and
 * the notification that answers it, message/imdn+xml in an envelope of its own.
 */
import type { Headers } from '../headers.ts';
import { escapeXml } from './xml-body.ts';

export const imdnType = 'message/imdn+xml';

/** Of the CPIM header fields [§6.3]. */
const headerNamespace = 'urn:ietf:params:imdn';

/** What a sender wants to know of his message, and how he knows it again. */
export interface DispositionAsked {
  /** 1 to 128 token characters [§6.3]. */
  readonly messageId: string;
  /** When he sent it, as he wrote it [RFC 3862 §4.1]. */
  readonly dateTime: string;
  /** Tell him that it has arrived. */
  readonly delivered: boolean;
  /** Tell him that it could not be delivered. */
  readonly failed: boolean;
}

const token = /^[A-Za-z0-9\-.!%*_+`'~]{1,128}$/;
const dateTimeForm =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

/**
 * What the envelope asks for; nothing when it asks for neither kind of delivery notification, or when message id or time is
 * missing or malformed: a notification could not name the message then [§7.1.1]. Display and processing are not reported.
 */
export function dispositionAsked(envelope: Headers): DispositionAsked | undefined {
  const prefix = prefixOf(envelope);
  const wanted = (envelope.get(`${prefix}Disposition-Notification`) ?? '').split(',').map((one) => kindOf(one));
  const messageId = envelope.get(`${prefix}Message-ID`)?.trim() ?? '';
  const dateTime = envelope.get('DateTime')?.trim() ?? '';
  const [delivered, failed] = [wanted.includes('positive-delivery'), wanted.includes('negative-delivery')];
  if (!(delivered || failed) || !token.test(messageId) || !dateTimeForm.test(dateTime)) return undefined;
  return { messageId, dateTime, delivered, failed };
}

/** A kind may have parameters, which mean nothing here. */
const kindOf = (listed: string): string => listed.split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** The sender names the namespace as he likes, or makes it the default one [RFC 3862 §3.4]. */
function prefixOf(envelope: Headers): string {
  for (const declaration of envelope.getAll('NS')) {
    const [, prefix, uri] = /^\s*(?:([A-Za-z0-9\-_]{1,64})\s+)?<([^<>]*)>\s*$/.exec(declaration) ?? [];
    if (uri === headerNamespace) return prefix === undefined ? '' : `${prefix}.`;
  }
  return 'imdn.';
}

export interface Disposition {
  readonly asked: DispositionAsked;
  readonly status: 'delivered' | 'failed';
  /** URI the message was for. */
  readonly recipient: string;
  /** URI of its sender, who gets the notification. */
  readonly sender: string;
  /** The notification's own message id: token characters. */
  readonly id: string;
  readonly now: Date;
}

/** The body of the MESSAGE that tells the sender, of the type `message/cpim` [§7.2.1.1]. */
export function printImdn({ asked, status, recipient, sender, id, now }: Disposition): Buffer {
  const xml = [
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<imdn xmlns="urn:ietf:params:xml:ns:imdn">',
    `<message-id>${escapeXml(asked.messageId)}</message-id><datetime>${asked.dateTime}</datetime>`,
    `<recipient-uri>${escapeXml(recipient)}</recipient-uri>`,
    `<delivery-notification><status><${status}/></status></delivery-notification></imdn>`,
  ].join('');
  const head = [
    `From: <${recipient}>`,
    `To: <${sender}>`,
    `NS: imdn <${headerNamespace}>`,
    `imdn.Message-ID: ${id}`,
    `DateTime: ${now.toISOString()}`,
    '',
    `Content-Type: ${imdnType}`,
    'Content-Disposition: notification',
    `Content-Length: ${Buffer.byteLength(xml)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${xml}`, 'utf8');
}
