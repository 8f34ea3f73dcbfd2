/** What our entities say of themselves: only features that are true. The same for every user, existing or not. */
import { product } from '../../primitives/product.ts';
import { correctionNamespace } from '../translation/correction.ts';
import { receiptsNamespace } from '../translation/receipt.ts';
import { chatStatesNamespace } from '../translation/typing.ts';

/** A domain of ours, or the resource of a user. */
export type Entity = 'domain' | 'resource';

export interface EntityDescription {
  /** Category and type of the registry of identities [XEP-0030 §3.1]. */
  readonly category: string;
  readonly type: string;
  readonly name: string;
  readonly features: readonly string[];
}

export const discoInfo = 'http://jabber.org/protocol/disco#info';
export const discoItems = 'http://jabber.org/protocol/disco#items';
export const capabilitiesNamespace = 'http://jabber.org/protocol/caps';
export const pingNamespace = 'urn:xmpp:ping';
export const versionNamespace = 'jabber:iq:version';
export const timeNamespace = 'urn:xmpp:time';

export const descriptions: Readonly<Record<Entity, EntityDescription>> = {
  domain: {
    category: 'gateway',
    type: 'simple',
    name: product.name,
    features: [discoInfo, discoItems, pingNamespace, timeNamespace, versionNamespace],
  },
  resource: {
    category: 'client',
    type: 'pc',
    name: product.name,
    features: [
      discoInfo,
      discoItems,
      capabilitiesNamespace,
      chatStatesNamespace,
      correctionNamespace,
      pingNamespace,
      receiptsNamespace,
    ],
  },
};
