/**
 * Files as Export-Clixml of Windows PowerShell 5.1 writes them for the objects of Lync's cmdlets, made by the rules of the format
 * [MS-PSRP §2.2.5]: type names once and then by reference, enumerations as objects that show a word, lists in each of their forms.
 */

/** A value as .NET has it; what is none of these is a string, a number, a boolean or nothing. */
export type LyncValue =
  | string
  | number
  | boolean
  | null
  | { readonly word: string; readonly number: number }
  | { readonly items: readonly string[]; readonly as?: 'LST' | 'IE' | 'joined' | 'lost' }
  | { readonly span: string }
  | { readonly uri: string }
  | { readonly shows: string; readonly properties: Readonly<Record<string, LyncValue>> };

export interface LyncObject {
  /** Of .NET, the narrowest first. */
  readonly types: readonly string[];
  readonly shows: string;
  readonly properties: Readonly<Record<string, LyncValue>>;
}

const settings = 'Microsoft.Rtc.Management.WritableConfig.Settings';

export const word = (text: string, number = 0): LyncValue => ({ word: text, number });
const words = { Required: 0, Optional: 1, NotSupported: 2 } as const;
export const negotiation = (text: keyof typeof words): LyncValue => word(text, words[text]);

/** With what every object of this kind carries for Lync's own use. */
export const lyncPartner = (domain: string, properties: Readonly<Record<string, LyncValue>> = {}): LyncObject => ({
  types: [`${settings}.XmppFederation.XmppAllowedPartner#Decorated`, `${settings}.XmppFederation.XmppAllowedPartner`],
  shows: domain,
  properties: {
    Identity: domain,
    Domain: domain,
    TlsNegotiation: negotiation('Required'),
    SaslNegotiation: negotiation('Required'),
    SupportDialbackNegotiation: true,
    EnableKeepAlive: true,
    ProxyFqdn: null,
    AdditionalDomains: { items: [] },
    PartnerType: word('PublicUnverified', 2),
    ConnectionLimit: null,
    Description: null,
    Element: `<XmppAllowedPartner xmlns="urn:schema:XmppFederation" Domain="${domain}" />`,
    ...properties,
  },
});

export const lyncGateway = (properties: Readonly<Record<string, LyncValue>> = {}): LyncObject => ({
  types: [`${settings}.XmppFederation.XmppGatewaySettings`],
  shows: 'Global',
  properties: { Identity: 'Global', ConnectionLimit: 1000, PartnerConnectionLimit: 20, ...properties },
});

export const lyncDomain = (name: string, isDefault = false): LyncObject => ({
  types: ['Microsoft.Rtc.Management.Xds.SipDomain'],
  shows: name,
  properties: { Identity: name, Name: name, IsDefault: isDefault },
});

export const lyncPolicy = (identity: string, properties: Readonly<Record<string, LyncValue>> = {}): LyncObject => ({
  types: ['Microsoft.Rtc.Management.WritableConfig.Policy.ExternalAccess.ExternalAccessPolicy'],
  shows: identity,
  properties: {
    Identity: identity,
    Description: null,
    EnableFederationAccess: true,
    EnableXmppAccess: true,
    EnablePublicCloudAudioVideoAccess: false,
    ...properties,
  },
});

export const lyncUser = (address: string, properties: Readonly<Record<string, LyncValue>> = {}): LyncObject => ({
  types: ['Microsoft.Rtc.Management.ADConnect.Schema.OCSADUser', 'Microsoft.Rtc.Management.ADConnect.Schema.ADObject'],
  shows: `CN=${address},OU=Users,DC=contoso,DC=com`,
  properties: {
    Identity: `CN=${address},OU=Users,DC=contoso,DC=com`,
    SipAddress: `sip:${address}`,
    DisplayName: address,
    RegistrarPool: 'pool2010.contoso.com',
    HomeServer: 'CN=Lc Services,CN=Microsoft,CN=1:1,CN=Pools,CN=RTC Service',
    EnterpriseVoiceEnabled: false,
    ExternalAccessPolicy: null,
    ...properties,
  },
});

export interface Shape {
  /** `names`: with them; `deserialized`: as after a remote session; `none`: as Select-Object leaves them. */
  readonly types?: 'names' | 'deserialized' | 'none';
  readonly encoding?: 'utf16le' | 'utf16be' | 'utf8';
}

export function exportClixml(
  objects: readonly LyncObject[],
  { types = 'names', encoding = 'utf16le' }: Shape = {},
): Buffer {
  const ids = new Ids();
  const texts = objects.map((object) => objectText(object, ids, types));
  const text = `\ufeff<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">\r\n${texts.join('')}</Objs>`;
  if (encoding === 'utf8') return Buffer.from(text, 'utf8');
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf16be' ? bytes.swap16() : bytes;
}

class Ids {
  readonly #types = new Map<string, number>();
  #objects = 0;

  object(): number {
    return this.#objects++;
  }

  /** Names in full the first time, later a reference. */
  typeNames(names: readonly string[]): string {
    const key = names.join(' ');
    const known = this.#types.get(key);
    if (known !== undefined) return `<TNRef RefId="${known}" />`;
    const id = this.#types.size;
    this.#types.set(key, id);
    return `<TN RefId="${id}">${[...names, 'System.Object'].map((name) => `<T>${name}</T>`).join('')}</TN>`;
  }
}

function objectText({ types, shows, properties }: LyncObject, ids: Ids, shape: Shape['types']): string {
  const id = ids.object();
  const prefix = shape === 'deserialized' ? 'Deserialized.' : '';
  const names =
    shape === 'none'
      ? ['Selected.System.Management.Automation.PSCustomObject']
      : types.map((type) => `${prefix}${type}`);
  const members = Object.entries(properties).map(([name, value]) => `      ${valueText(value, name, ids)}\r\n`);
  const bag = shape === 'none' ? 'MS' : 'Props';
  const shown = shape === 'none' ? '' : `<ToString>${escaped(shows)}</ToString>`;
  return `  <Obj RefId="${id}">\r\n    ${ids.typeNames(names)}\r\n    ${shown}<${bag}>\r\n${members.join('')}    </${bag}>\r\n  </Obj>\r\n`;
}

function valueText(value: LyncValue, name: string, ids: Ids): string {
  const n = ` N="${name}"`;
  if (value === null) return `<Nil${n} />`;
  if (typeof value === 'string') return `<S${n}>${escaped(value)}</S>`;
  if (typeof value === 'boolean') return `<B${n}>${value}</B>`;
  if (typeof value === 'number') return `<U32${n}>${value}</U32>`;
  if ('span' in value) return `<TS${n}>${value.span}</TS>`;
  if ('uri' in value) return `<URI${n}>${escaped(value.uri)}</URI>`;
  if ('items' in value) return listText(value, n, ids);
  const open = `<Obj${n} RefId="${ids.object()}">`;
  if ('word' in value) {
    const types = ids.typeNames([`${settings}.XmppFederation.${name}`, 'System.Enum', 'System.ValueType']);
    return `${open}${types}<ToString>${value.word}</ToString><I32>${value.number}</I32></Obj>`;
  }
  const members = Object.entries(value.properties).map(([key, each]) => valueText(each, key, ids));
  return `${open}<ToString>${escaped(value.shows)}</ToString><Props>${members.join('')}</Props></Obj>`;
}

const listName = 'System.Collections.Generic.List`1[System.String]';

function listText(
  { items, as = 'LST' }: { readonly items: readonly string[]; readonly as?: string },
  n: string,
  ids: Ids,
): string {
  if (as === 'joined') return `<S${n}>${items.map(escaped).join(' ')}</S>`;
  if (as === 'lost') return `<S${n}>${listName}</S>`;
  const inside = items.map((item) => `<S>${escaped(item)}</S>`).join('');
  return `<Obj${n} RefId="${ids.object()}">${ids.typeNames([listName])}<${as}>${inside}</${as}></Obj>`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** As Export-Csv of Windows PowerShell writes them: every cell in quotes, a list as the name of its type. */
export function exportCsv(objects: readonly LyncObject[], { typeLine = true, delimiter = ',' } = {}): string {
  const [first] = objects;
  if (first === undefined) return '';
  const names = Object.keys(first.properties);
  const row = (cells: readonly string[]): string =>
    `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter)}\r\n`;
  const rows = objects.map(({ properties }) => row(names.map((name) => cellOf(properties[name] ?? null))));
  return `${typeLine ? `#TYPE ${first.types[0] ?? ''}\r\n` : ''}${row(names)}${rows.join('')}`;
}

function cellOf(value: LyncValue): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return String(value);
  if ('word' in value) return value.word;
  if ('items' in value) return listName;
  if ('span' in value) return value.span;
  return 'uri' in value ? value.uri : value.shows;
}

/** As ConvertTo-Json of Windows PowerShell makes it: enumerations are numbers, one object is no array. */
export function convertToJson(objects: readonly LyncObject[]): string {
  const plain = objects.map(({ properties }) =>
    Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, jsonOf(value)])),
  );
  return JSON.stringify(plain.length === 1 ? plain[0] : plain, undefined, 4);
}

function jsonOf(value: LyncValue): unknown {
  if (value === null || typeof value !== 'object') return value;
  if ('word' in value) return value.number;
  if ('items' in value) return value.as === 'joined' ? value.items.join(' ') : value.items;
  if ('span' in value) return { Ticks: 3_000_000_000, Days: 0, Minutes: 5, TotalSeconds: 300 };
  return 'uri' in value ? value.uri : { ...value.properties };
}
