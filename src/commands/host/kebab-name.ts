/** PascalCase names as GNU spells them. */

/** `EnableKeepAlive` is `enable-keep-alive`. A leading `No` keeps no hyphen: commander takes `--no-` for a negation. */
export const kebabOf = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()
    .replace(/^no-/, 'no');
