/** Software Version [XEP-0092]: name and version; the operating system is nobody's business. */
import { product } from '../../primitives/product.ts';
import { type Element, element } from '../xmpp/xml/element.ts';
import { versionNamespace } from './described-entities.ts';

export const softwareVersion: Element = element(
  'query',
  versionNamespace,
  {},
  element('name', versionNamespace, {}, product.name),
  element('version', versionNamespace, {}, product.version),
);
