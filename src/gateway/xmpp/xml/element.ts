/** One XML element as an immutable tree: local name, namespace, attributes, children. Knows no prefixes; the writer chooses those. */
export interface Element {
  /** Local name. */
  readonly name: string;
  readonly namespace: string;
  /**
   * By local name; `xml:lang` and its like keep their prefix, other qualified attributes are `{namespace}local`.
   * Without a prototype, so that no name a peer invents finds an inherited value.
   */
  readonly attributes: Attributes;
  readonly children: readonly (Element | string)[];
}

export type Attributes = Readonly<Record<string, string>>;

/** Builds an element; attributes whose value is undefined are left out. */
export function element(
  name: string,
  namespace: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (Element | string)[]
): Element {
  const given: Record<string, string> = Object.create(null);
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) given[key] = value;
  }
  return { name, namespace, attributes: given, children };
}

/** An attribute record that is safe against names such as `__proto__`. */
export function attributesOf(entries: Iterable<readonly [string, string]>): Attributes {
  const attributes: Record<string, string> = Object.create(null);
  for (const [name, value] of entries) attributes[name] = value;
  return attributes;
}

export const isElement = (child: Element | string | undefined): child is Element => typeof child === 'object';

/** The child elements, without the text between them. */
export const childElements = (parent: Element): readonly Element[] => parent.children.filter(isElement);

/** The first child element of this name and namespace. */
export function childOf(parent: Element, name: string, namespace: string): Element | undefined {
  for (const child of parent.children)
    if (typeof child === 'object' && child.name === name && child.namespace === namespace) return child;
  return undefined;
}

/** All child elements of this name and namespace, in order. */
export const childrenOf = (parent: Element, name: string, namespace: string): readonly Element[] =>
  childElements(parent).filter((child) => is(child, name, namespace));

/** The text directly inside the element; the text of its descendants does not belong to it. Empty where there is no element. */
export function textOf(parent: Element | undefined): string {
  let text = '';
  for (const child of parent?.children ?? []) if (typeof child === 'string') text += child;
  return text;
}

export const is = (candidate: Element, name: string, namespace: string): boolean =>
  candidate.name === name && candidate.namespace === namespace;
