/** What this program calls itself towards its peers. The version is that of package.json; a test keeps them equal. */
export const product = {
  name: 'xgw',
  version: '0.1.0',
  /** Where software of this name is found: a URI that nobody else uses. */
  uri: 'https://www.npmjs.com/package/xmpp-sip-gateway',
} as const;
