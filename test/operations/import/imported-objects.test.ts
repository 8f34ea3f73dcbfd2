/** Bytes of a file to objects of the store: every form in which Lync's objects are exported, and whatever else a file may hold. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { ImportFormat } from '../../../src/operations/import/import-format.ts';
import { maxImportedObjects } from '../../../src/operations/import/import-limits.ts';
import { type ImportedObjects, importedObjects } from '../../../src/operations/import/imported-objects.ts';
import { readForeignFile } from '../../../src/operations/import/read-foreign-objects.ts';
import {
  convertToJson,
  exportClixml,
  exportCsv,
  type LyncObject,
  lyncDomain,
  lyncGateway,
  lyncPartner,
  lyncPolicy,
  lyncUser,
  negotiation,
  word,
} from '../../support/lync-export.ts';

async function read(bytes: Uint8Array | string, file = 'export', format?: ImportFormat): Promise<ImportedObjects> {
  const result = await readForeignFile(Buffer.from(bytes as string), file, format);
  if (!result.ok) throw new Error(result.error.sentence);
  if (result.value.form !== 'objects') throw new Error('a document');
  return importedObjects(result.value.objects);
}

const fault = async (bytes: Uint8Array | string, file = 'export', format?: ImportFormat) => {
  const result = await readForeignFile(Buffer.from(bytes as string), file, format);
  return result.ok ? undefined : result.error;
};

const fabrikam = lyncPartner('fabrikam.com', {
  AdditionalDomains: { items: ['corp.fabrikam.com', 'emea.fabrikam.com'] },
  PartnerType: word('Federated', 0),
  TlsNegotiation: negotiation('Optional'),
  SaslNegotiation: negotiation('NotSupported'),
  ConnectionLimit: 7,
  Description: 'ERP, <the> "partner"',
});
const fabrikamFields = {
  additionalDomains: ['corp.fabrikam.com', 'emea.fabrikam.com'],
  partnerType: 'Federated',
  tlsNegotiation: 'Optional',
  saslNegotiation: 'NotSupported',
  supportDialbackNegotiation: true,
  enableKeepAlive: true,
  proxyFqdn: null,
  connectionLimit: 7,
  description: 'ERP, <the> "partner"',
};

describe('partners in CLIXML', () => {
  it.each(['utf16le', 'utf16be', 'utf8'] as const)(
    'are read in %s, with type names once and then by reference',
    async (encoding) => {
      const { objects, refusals } = await read(exportClixml([fabrikam, lyncPartner('adatum.org')], { encoding }));
      expect(refusals).toEqual([]);
      expect(objects.map(({ section, identity, place }) => [section, identity, place])).toEqual([
        ['federatedPartners', 'fabrikam.com', 'line 2'],
        ['federatedPartners', 'adatum.org', expect.stringMatching(/^line \d+$/)],
      ]);
      expect(objects[0]?.fields).toEqual(fabrikamFields);
    },
  );

  it.each(['names', 'deserialized', 'none'] as const)('are recognised with type names: %s', async (types) => {
    const { objects } = await read(exportClixml([fabrikam], { types }));
    expect(objects).toMatchObject([{ section: 'federatedPartners', isForeign: true, fields: fabrikamFields }]);
  });

  it.each(['LST', 'IE', 'joined'] as const)('have their list as %s', async (as) => {
    const partner = lyncPartner('a.com', { AdditionalDomains: { items: ['b.a.com', 'c.a.com'], as } });
    const { objects } = await read(exportClixml([partner]));
    expect(objects[0]?.fields['additionalDomains']).toEqual(['b.a.com', 'c.a.com']);
  });

  it('say that a list was lost, with the property, the object and the line', async () => {
    const partner = lyncPartner('a.com', { AdditionalDomains: { items: ['b.a.com'], as: 'lost' } });
    const { objects, warnings } = await read(exportClixml([partner]));
    expect(objects[0]?.fields).not.toHaveProperty('additionalDomains');
    expect(warnings[0]).toMatch(
      /^AdditionalDomains of a\.com \(line 2\) is not imported: .*System\.Collections\.Generic\.List/,
    );
  });

  it('have words for numbers, in the documented order, and say so', async () => {
    const partner = lyncPartner('a.com', { TlsNegotiation: 2, SaslNegotiation: 1, PartnerType: 1 });
    const { objects, warnings } = await read(exportClixml([partner]));
    expect(objects[0]?.fields).toMatchObject({
      tlsNegotiation: 'NotSupported',
      saslNegotiation: 'Optional',
      partnerType: 'PublicVerified',
    });
    expect(warnings.join('\n')).toMatch(/TlsNegotiation is a number.*2 as NotSupported/);
  });

  it('have A-labels for names in other scripts', async () => {
    const { objects } = await read(exportClixml([lyncPartner('bücher.example')]));
    expect(objects[0]?.identity).toBe('xn--bcher-kva.example');
  });

  it.each([
    ['a wildcard', lyncPartner('*.fabrikam.com'), /"\*\.fabrikam\.com" is not a domain name/],
    [
      'an unknown word',
      lyncPartner('a.com', { TlsNegotiation: word('Maybe') }),
      /TlsNegotiation: "Maybe" is none of Required/,
    ],
    [
      'a number beyond',
      lyncPartner('a.com', { ConnectionLimit: 4_000_000 }),
      /ConnectionLimit: 4000000 is not between/,
    ],
    ['a wrong host', lyncPartner('a.com', { ProxyFqdn: 'http://x' }), /ProxyFqdn: /],
    [
      'a wrong domain in a list',
      lyncPartner('a.com', { AdditionalDomains: { items: ['*.x.com'] } }),
      /AdditionalDomains: /,
    ],
  ])('are refused one by one for %s, with the line', async (_what, partner, reason) => {
    const { objects, refusals } = await read(exportClixml([lyncPartner('good.com'), partner]));
    expect(objects.map(({ identity }) => identity)).toEqual(['good.com']);
    expect(refusals).toEqual([
      { place: expect.stringMatching(/^line \d\d$/), name: expect.any(String), reason: expect.stringMatching(reason) },
    ]);
  });

  it('are refused when they are there twice', async () => {
    const { objects, refusals } = await read(exportClixml([fabrikam, lyncPartner('FABRIKAM.com')]));
    expect(objects).toHaveLength(1);
    expect(refusals[0]?.reason).toBe('it is there twice; line 2 has it too');
  });

  it('are read from one collection too, as Export-Clixml -InputObject keeps them', async () => {
    const text = exportClixml([fabrikam, lyncPartner('adatum.org')], { types: 'none', encoding: 'utf8' }).toString();
    const inside = text.slice(text.indexOf('<Obj RefId'), text.indexOf('</Objs>'));
    const { objects } = await read(`<Objs><Obj RefId="99"><LST>${inside}</LST></Obj></Objs>`);
    expect(objects.map(({ identity, place }) => [identity, place])).toEqual([
      ['fabrikam.com', 'line 1'],
      ['adatum.org', 'line 1'],
    ]);
  });

  it('all that is wrong with one is said at once', async () => {
    const partner = lyncPartner('a.com', { TlsNegotiation: word('X'), SaslNegotiation: word('Y') });
    expect((await read(exportClixml([partner]))).refusals[0]?.reason).toMatch(/TlsNegotiation: .*; SaslNegotiation: /);
  });
});

describe('other kinds in CLIXML', () => {
  const all: readonly LyncObject[] = [
    lyncDomain('contoso.com', true),
    lyncPolicy('Tag:FedPic'),
    lyncPolicy('Site:Redmond', { EnableXmppAccess: false }),
    lyncGateway({ KeepAliveInterval: { span: 'PT5M' }, StreamInactivityTimeout: 700 }),
    fabrikam,
    lyncUser('alice@contoso.com', {
      ExternalAccessPolicy: { shows: 'FedPic', properties: { Authority: 'x', Name: 'FedPic' } },
    }),
  ];

  it.each(['names', 'deserialized', 'none'] as const)('are recognised in one file, type names: %s', async (types) => {
    const { objects, refusals } = await read(exportClixml(all, { types }));
    expect(refusals).toEqual([]);
    expect(objects.map(({ section, identity }) => `${section} ${identity}`)).toEqual([
      'sipDomains contoso.com',
      'externalAccessPolicies tag:FedPic',
      'externalAccessPolicies site:Redmond',
      'gateway Global',
      'federatedPartners fabrikam.com',
      'users sip:alice@contoso.com',
    ]);
    expect(objects[3]?.fields).toMatchObject({
      keepAliveInterval: 300,
      streamInactivityTimeout: 700,
      connectionLimit: 1000,
    });
    expect(objects[5]?.fields).toEqual({
      displayName: 'alice@contoso.com',
      homeServer: 'pool2010.contoso.com',
      externalAccessPolicy: 'FedPic',
    });
  });

  it.each([
    ['text', 'sip:Bob@contoso.com'],
    ['an address of its own type', { uri: 'sip:Bob@contoso.com' }],
    ['an object with properties', { shows: 'sip:Bob@contoso.com', properties: { User: 'Bob', Port: 5060 } }],
  ] as const)('the address of a user is %s', async (_what, SipAddress) => {
    const { objects } = await read(exportClixml([lyncUser('bob@contoso.com', { SipAddress })]));
    expect(objects[0]?.identity).toBe('sip:Bob@contoso.com');
  });

  it('accounts without an address are left out, and counted', async () => {
    const { objects, refusals, warnings } = await read(exportClixml([lyncUser('x@contoso.com', { SipAddress: null })]));
    expect([objects, refusals]).toEqual([[], []]);
    expect(warnings[0]).toBe('1 accounts without a SIP address are left out.');
  });

  it.each([
    ['seconds', 300],
    ['a time span', { span: 'PT5M' }],
    ['a time span as text', '00:05:00'],
    ['a time span property by property', { shows: '00:05:00', properties: { Ticks: 3_000_000_000 } }],
  ] as const)('an interval is %s', async (_what, KeepAliveInterval) => {
    const { objects } = await read(exportClixml([lyncGateway({ KeepAliveInterval })]));
    expect(objects[0]?.fields['keepAliveInterval']).toBe(300);
  });

  it('the access edge says whether users may talk to others at all', async () => {
    const type = 'Microsoft.Rtc.Management.WritableConfig.Settings.Edge.AccessEdgeSettings';
    const edge = {
      types: [type],
      shows: 'Global',
      properties: { AllowFederatedUsers: true, RoutingMethod: word('UseDnsSrvRouting') },
    };
    const { objects, warnings } = await read(exportClixml([edge]));
    expect(objects).toMatchObject([{ section: 'accessEdge', fields: { allowFederatedUsers: true } }]);
    expect(warnings.join()).toContain('no place here for RoutingMethod');
  });

  it('an object of another kind is refused with its type', async () => {
    const policy = { types: ['Microsoft.Rtc.Management.VoicePolicy'], shows: 'x', properties: { Identity: 'Global' } };
    expect((await read(exportClixml([policy]))).refusals).toEqual([
      {
        place: 'line 2',
        name: 'Microsoft.Rtc.Management.VoicePolicy',
        reason: 'it is no object that is imported here',
      },
    ]);
  });
});

describe('what has no place here', () => {
  const warningsOf = async (objects: readonly LyncObject[]): Promise<string> =>
    (await read(exportClixml(objects))).warnings.join('\n');

  it('is told once for each property, and only where it says something', async () => {
    const policy = (name: string) => lyncPolicy(`Tag:${name}`, { EnableTeamsConsumerAccess: true, Hidden: null });
    const warnings = await warningsOf([policy('A'), policy('B')]);
    expect(warnings.match(/EnableTeamsConsumerAccess/g)).toHaveLength(1);
    expect(warnings).toMatch(
      /^policy: there is no place here for EnablePublicCloudAudioVideoAccess, EnableTeamsConsumerAccess; not imported\.$/m,
    );
    expect(warnings).not.toContain('Hidden');
  });

  it('is told apart when it only says how Lync keeps the object', async () => {
    expect(await warningsOf([fabrikam])).toMatch(
      /^partner: not imported, since it is how Lync keeps the object: Element\.$/m,
    );
  });

  it('is said of secrets without their value', async () => {
    const warnings = await warningsOf([lyncGateway({ DialbackPassphrase: 'hunter2' })]);
    expect(warnings).toMatch(
      /DialbackPassphrase is a secret and not imported; set it with {2}xgw set-xmppgatewayconfiguration -DialbackPassphraseFile/,
    );
    expect(warnings).not.toContain('hunter2');
  });

  it('is said too of what this program has and Lync has not', async () => {
    expect(await warningsOf([fabrikam])).toMatch(/partner: the file says nothing of EnableBidi, .*PinnedSpkiSha256/);
  });

  it('is shown without what would command a terminal', async () => {
    const warnings = await warningsOf([lyncPolicy('Tag:A', { 'Evil_x001B_[2J': 'x' })]);
    expect(warnings).toContain('Evil\\u{1b}[2J');
  });
});

describe('CSV', () => {
  const plain = lyncPartner('fabrikam.com', { AdditionalDomains: null, TlsNegotiation: negotiation('Optional') });

  it.each([
    ['with the type line', exportCsv([plain]), 'line 3'],
    ['without it', exportCsv([plain], { typeLine: false }), 'line 2'],
    ['with semicolons', exportCsv([plain], { delimiter: ';' }), 'line 3'],
  ])('is read %s', async (_what, text, place) => {
    const { objects, refusals } = await read(text, 'partners.csv');
    expect(refusals).toEqual([]);
    expect(objects).toMatchObject([
      { section: 'federatedPartners', identity: 'fabrikam.com', place, fields: { tlsNegotiation: 'Optional' } },
    ]);
    // A cell without text says nothing.
    expect(objects[0]?.fields).not.toHaveProperty('proxyFqdn');
  });

  it('says which lists were lost, in which lines', async () => {
    const { objects, warnings } = await read(exportCsv([fabrikam, lyncPartner('adatum.org')]));
    expect(objects).toHaveLength(2);
    expect(warnings[0]).toMatch(
      /^AdditionalDomains of fabrikam\.com \(line 3\), adatum\.org \(line 4\) is not imported/,
    );
  });

  it('takes lists with semicolons, as export-csv of this program writes them', async () => {
    const text = 'Domain,TlsNegotiation,AdditionalDomains\nfabrikam.com,Required,a.fabrikam.com;b.fabrikam.com\n';
    expect((await read(text)).objects[0]?.fields['additionalDomains']).toEqual(['a.fabrikam.com', 'b.fabrikam.com']);
  });

  it('is refused with its line when a quote is not closed', async () => {
    expect(await fault('#TYPE x\r\na,b\r\n"c,d\r\n', 'x.csv')).toEqual({
      sentence: 'it is not CSV: a quote is not closed',
      line: 3,
    });
  });
});

describe('JSON', () => {
  it.each([
    ['one object', [fabrikam]],
    ['an array', [fabrikam, lyncPartner('adatum.org')]],
  ])('is %s, with numbers for enumerations', async (_what, partners) => {
    const { objects } = await read(`\ufeff${convertToJson(partners)}`);
    expect(objects).toHaveLength(partners.length);
    expect(objects[0]).toMatchObject({ place: 'object 1', fields: fabrikamFields });
  });

  it('is an object a line, and the array that Windows PowerShell writes as an object', async () => {
    const lines = [fabrikam, lyncPartner('adatum.org')].map((each) =>
      JSON.stringify(JSON.parse(convertToJson([each]))),
    );
    expect((await read(lines.join('\n'))).objects).toHaveLength(2);
    expect((await read(`{"value":[${lines.join(',')}],"Count":2}`)).objects).toHaveLength(2);
  });

  it('has time spans property by property, and UTF-16', async () => {
    const text = convertToJson([lyncGateway({ KeepAliveInterval: { span: 'PT5M' } })]);
    const { objects } = await read(Buffer.from(`\ufeff${text}`, 'utf16le'));
    expect(objects[0]?.fields['keepAliveInterval']).toBe(300);
  });

  it('of this program says its kind, and nothing of it is lost', async () => {
    const own = {
      Identity: 'a.com',
      TlsNegotiation: 'Required',
      EffectiveMethods: [],
      Warnings: ['x'],
      Revision: 3,
      Changed: true,
      Kind: 'XmppFederatedPartner',
    };
    const { objects, warnings } = await read(JSON.stringify(own));
    expect(objects).toMatchObject([{ identity: 'a.com', isForeign: false }]);
    expect(warnings).toEqual([]);
  });
});

describe('a file', () => {
  it.each([
    ['of CLIXML', exportClixml([fabrikam]), 'partners.txt'],
    ['of CSV', exportCsv([lyncPartner('a.com')], { typeLine: false }), 'partners'],
    ['of JSON', convertToJson([fabrikam]), 'partners.xml'],
    ['of YAML', '- Identity: fabrikam.com\n  TlsNegotiation: Required\n', 'partners'],
  ])('%s is known by what it holds', async (_what, bytes, file) => {
    expect((await read(bytes, file)).objects).toHaveLength(1);
  });

  it.each([
    ['an entity', '<!DOCTYPE Objs [<!ENTITY a "b">]><Objs><S>&a;</S></Objs>', /document type/],
    ['depth', `<Objs>${'<Obj><LST>'.repeat(40)}`, /nested deeper/],
    ['other XML', '<html/>', /not with Objs/],
    ['a zip of Export-CsConfiguration', 'PK\u0003\u0004', /zip of Export-CsConfiguration is not read/],
    ['nothing', '\ufeff  \r\n', /empty/],
    ['values that are no objects', '[1, 2]', /object 1 has no properties/],
    ['too many objects', `[${'{},'.repeat(maxImportedObjects)}{}]`, /more than 100000 objects/],
    ['YAML with an alias', 'a: &x 1\nb: *x\n', /aliases/],
  ])('is refused for %s', async (_what, bytes, sentence) => {
    expect((await fault(bytes))?.sentence).toMatch(sentence);
  });

  it('whatever it holds is objects, refusals or a fault, and never a bug', async () => {
    const formats = fc.constantFrom<ImportFormat | undefined>('Yaml', 'Json', 'Clixml', 'Csv', undefined);
    const file = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(file, formats, async (bytes, format) => {
        const result = await readForeignFile(bytes, 'x', format);
        if (result.ok && result.value.form === 'objects') importedObjects(result.value.objects);
      }),
    );
  });

  it('whatever the values of its objects are, each object is read or refused', async () => {
    const names = fc.constantFrom(
      'Identity',
      'Domain',
      'SipAddress',
      'TlsNegotiation',
      'AdditionalDomains',
      'KeepAliveInterval',
      'StreamEstablishmentTimeout',
      'IsDefault',
      'EnableXmppAccess',
      'RegistrarPool',
      'Kind',
      'ConnectionLimit',
      '__proto__',
    );
    const object = fc.dictionary(names, fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(fc.array(object, { minLength: 1, maxLength: 4 }), async (objects) => {
        const { objects: imported, refusals, warnings } = await read(JSON.stringify(objects), 'x', 'Json');
        const leftOut = warnings.some((warning) => warning.includes('without a SIP address'));
        expect(imported.length + refusals.length === objects.length || leftOut).toBe(true);
      }),
    );
  });
});
