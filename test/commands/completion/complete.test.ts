/** What TAB offers, from the definitions of all cmdlets and the names of a store. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { complete } from '../../../src/commands/completion/complete.ts';
import { describeDefinitions } from '../../../src/commands/completion/describe-definitions.ts';
import { nameKindOf, nameKinds } from '../../../src/commands/completion/name-kinds.ts';
import {
  type PackedDefinitions,
  packDefinitions,
  unpackDefinitions,
} from '../../../src/commands/completion/packed-definitions.ts';
import { storedNames } from '../../../src/commands/completion/stored-names.ts';
import { cmdlets } from '../../../src/commands/index.ts';
import { createTraceFile } from '../../../src/store/trace-files.ts';
import { sharedFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const definitions = describeDefinitions(cmdlets);
const folder = sharedFolder();
writeStore(folder, {
  federatedPartners: {
    'fabrikam.com': { description: 'ERP partner', additionalDomains: ['b2b.fabrikam.com', 7] },
    'contoso.org': { description: '' },
  },
  sipDomains: { 'contoso.com': {}, 'emea.contoso.com': {} },
  sipRoutes: { 'emea.contoso.com': {} },
  users: { 'sip:alice@contoso.com': { displayName: 'Alice', credential: 'a-secret-file' } },
  externalAccessPolicies: { Global: {}, 'tag:FedPic': {}, 'site:Taipei': {} },
  certificates: { '5A3F8E1B9C0D4A7766554433221100FFEEDD19C2': { friendlyName: 'XMPP external' } },
  certificateRequests: { 12: { friendlyName: 'XMPP external' } },
});

function writeStore(store: string, content: unknown): void {
  mkdirSync(store, { recursive: true });
  writeFileSync(path.join(store, 'store.json'), typeof content === 'string' ? content : JSON.stringify(content));
}

/** @param line - Words that single spaces separate; the last one is under way. */
function offered(line: string): readonly string[] {
  const words = line.split(' ');
  const sources = {
    definitions,
    stored: (...[kind, given]: Parameters<Parameters<typeof complete>[2]['stored']>) =>
      storedNames(kind, given ?? folder),
  };
  const { candidates, fileAfter } = complete(words.slice(0, -1), words.at(-1) ?? '', sources);
  return [...candidates.map(({ text }) => text), ...(fileAfter === undefined ? [] : [`files after "${fileAfter}"`])];
}

describe('cmdlets', () => {
  it.each([
    ['grant', ['grant-externalaccesspolicy']],
    ['GRANT', ['Grant-ExternalAccessPolicy']],
    ['New-Xmpp', ['New-XmppFederatedPartner']],
    ['new-xmpp-fed', ['new-xmpp-federated-partner']],
    ['get-csxmppa', ['get-csxmppallowedpartner']],
    ['Get-CsXmppA', ['Get-CsXmppAllowedPartner']],
    ['--v', ['--version']],
    ['nothing-of-the-kind', []],
  ])('%s', (line, expected) => expect(offered(line)).toEqual(expected));

  it('an empty word offers each of them once, and no alias', () => {
    expect(offered('')).toEqual(cmdlets.map(({ name }) => name.toLowerCase()));
  });
});

describe('parameters', () => {
  it.each([
    ['set-xmppfederatedpartner fabrikam.com -PartnerT', ['-PartnerType']],
    ['set-xmppfederatedpartner fabrikam.com -partnert', ['-PartnerType']],
    ['set-xmppfederatedpartner fabrikam.com --partner-t', ['--partner-type']],
    ['set-csxmppallowedpartner fabrikam.com --partnert', ['--partner-type']],
    ['set-xmppfederatedpartner -PrimaryD', ['-PrimaryDomain']],
    ['set-xmppfederatedpartner fabrikam.com --no-enable-k', ['--no-enable-keep-alive']],
    ['set-xmppfederatedpartner fabrikam.com -tls Required -Tls', []],
    ['set-xmppfederatedpartner fabrikam.com -What', ['-WhatIf']],
    ['get-xmppfederatedpartner fabrikam.com -What', []],
    ['new-user sip:a@b.example -PasswordS', ['-PasswordStdin']],
  ])('%s', (line, expected) => expect(offered(line)).toEqual(expected));

  it('a secret that is refused on the command line is not offered', () => {
    expect(offered('new-user sip:a@b.example -Passw')).toEqual(['-PasswordFile', '-PasswordStdin']);
  });

  it('where no value can be offered, the parameters that are left are', () => {
    expect(offered('set-xmppfederatedpartner fabrikam.com ')).toContain('-TlsNegotiation');
    expect(offered('set-xmppfederatedpartner fabrikam.com ')).not.toContain('-Identity');
  });

  it('behind -- everything is a value', () => {
    expect(offered('get-xmppfederatedpartner -- -F')).toEqual([]);
    expect(offered('get-xmppfederatedpartner -- fab')).toEqual(['fabrikam.com']);
  });
});

describe('values', () => {
  it.each([
    ['set-xmppfederatedpartner fabrikam.com -PartnerType pub', ['PublicVerified', 'PublicUnverified']],
    ['set-xmppfederatedpartner fabrikam.com -tls:opt', ['-tls:Optional']],
    ['set-xmppfederatedpartner fabrikam.com --tls-negotiation=opt', ['--tls-negotiation=Optional']],
    ['set-xmppfederatedpartner fabrikam.com -EnableKeepAlive ', ['true', 'false']],
    ['set-xmppfederatedpartner fabrikam.com -WhatIf:f', ['-WhatIf:false']],
    ['request-certificate -Type ExternalEdge,Int', ['ExternalEdge,InternalEdge']],
    ['request-certificate -Type ExternalEdge, int', ['InternalEdge']],
    ['get-user -OutputFormat n', ['ndjson', 'name', 'none']],
    ['get-siproute -OutputFormat k', ['kamailio']],
    ['get-certificaterequest -Status ', ['Pending', 'Completed', 'Cleared', 'Orphaned']],
  ])('of a list: %s', (line, expected) => expect(offered(line)).toEqual(expected));

  it.each([
    ['get-xmppfederatedpartner fab', ['fabrikam.com']],
    ['Get-CsXmppAllowedPartner -Domain con', ['contoso.org']],
    ['new-xmppfederatedpartner fab', []],
    ['test-federationroute b2', ['b2b.fabrikam.com']],
    ['set-sipdomain em', ['emea.contoso.com']],
    ['new-siproute em', ['emea.contoso.com']],
    ['remove-siproute ', ['emea.contoso.com']],
    ['set-user sip:al', ['sip:alice@contoso.com']],
    ['set-user AL', ['alice@contoso.com']],
    ['get-contact al', ['alice@contoso.com']],
    ['grant-externalaccesspolicy sip:alice@contoso.com ', ['FedPic']],
    ['grant-externalaccesspolicy -PolicyName fed', ['FedPic']],
    ['grant-externalaccesspolicy fed', []],
    ['get-externalaccesspolicy ', ['Global', 'FedPic', 'site:Taipei']],
    ['get-externalaccesspolicy tag:', ['tag:FedPic']],
    ['export-certificate 5a', ['5A3F8E1B9C0D4A7766554433221100FFEEDD19C2']],
    ['show-certificaterequest ', ['12']],
    ['request-certificate -Clear -RequestId 1', ['12']],
    ['request-certificate -SipDomain contoso.com,', ['contoso.com,emea.contoso.com']],
    ['start-service ', ['XMPPGW']],
  ])('of the store: %s', (line, expected) => expect(offered(line)).toEqual(expected));

  it.each([
    ['import-certificate ', ['files after ""']],
    ['import-certificate -Path:/et', ['files after "-Path:"']],
    ['import-certificate edge.cer -Chain a.cer,b', ['files after "a.cer,"']],
    ['get-user -ConfigStore ', ['files after ""']],
    ['new-user sip:a@b.example -PasswordFile ', ['files after ""']],
  ])('files: %s', (line, expected) => expect(offered(line)).toEqual(expected));

  it.each([
    ['get-help about_exit', ['about_exitcodes']],
    ['get-help grant', ['grant-externalaccesspolicy']],
    ['get-help new-xmppfederatedpartner -Parameter Tls', ['TlsNegotiation']],
    ['get-command -Verb Gra', ['Grant']],
    ['get-command -Noun SipRo', ['SipRoute']],
    ['get-xmppfederatedpartner -Property Identity,EffectiveM', ['Identity,EffectiveMethods']],
    ['get-xmppfederatedpartner -ExpandProperty TlsN', ['TlsNegotiation']],
    ['get-completion ', ['bash', 'zsh', 'fish', 'pwsh']],
  ])('of the definitions: %s', (line, expected) => expect(offered(line)).toEqual(expected));

  it('come from the store that the line names', () => {
    const other = path.join(folder, 'other');
    writeStore(other, { sipDomains: { 'lab.example': {} } });
    expect(offered(`get-sipdomain -ConfigStore ${other} `)).toEqual(['lab.example']);
  });
});

describe('a store as it is written, with a tab a level', () => {
  const content = {
    revision: 7,
    sipDomains: {},
    federatedPartners: {
      'fabrikam.com': { additionalDomains: [], description: 'Zürich: {"a": 1}\n\t\t"no.name": {' },
      'contoso.org': { additionalDomains: ['b2b.contoso.org'], description: '', pinned: { 'deep.example': {} } },
    },
    users: { 'sip:jürgen@contoso.com': { displayName: '林' } },
  };

  it.each(['partner', 'partnerDomain', 'user', 'sipDomain'] as const)(
    'gives the %s names that parsing gives',
    (kind) => {
      const [tabs, none] = [path.join(folder, 'tabs'), path.join(folder, 'none')];
      writeStore(tabs, JSON.stringify(content, null, '\t'));
      writeStore(none, JSON.stringify(content));
      const plain = (store: string) => storedNames(kind, store).map(({ text, about, also }) => [text, about, also]);
      expect(plain(tabs)).toEqual(plain(none));
      expect(plain(tabs).length).toBe({ partner: 2, partnerDomain: 3, user: 1, sipDomain: 0 }[kind]);
    },
  );

  it('and letters of any script', () => {
    const store = path.join(folder, 'tabs');
    expect(storedNames('user', store).map(({ text, about }) => [text, about])).toEqual([
      ['sip:jürgen@contoso.com', '林'],
    ]);
  });
});

describe('a store that cannot be read', () => {
  it.each([
    ['absent', undefined],
    ['damaged', '{"users":'],
    ['of another form', '{"sipDomains":["contoso.com"],"users":7}'],
    ['an array', '[]'],
  ])('%s: nothing is offered', (name, content) => {
    const store = path.join(folder, name);
    if (content !== undefined) writeStore(store, content);
    expect(storedNames('sipDomain', store).map(({ text }) => text)).toEqual([]);
  });

  it('names with control characters, or of great length, are left out', () => {
    const store = path.join(folder, 'hostile');
    writeStore(store, {
      sipDomains: { 'a\u001B]0;x\u0007': {}, 'b\nc': {}, '\u202Ed': {}, ['x'.repeat(2000)]: {}, e: {} },
    });
    expect(storedNames('sipDomain', store).map(({ text }) => text)).toEqual(['e']);
  });
});

it('the definitions in the file are those of the program, but for what only help needs', () => {
  const packed = JSON.parse(JSON.stringify(packDefinitions(definitions))) as PackedDefinitions;
  const { cmdlets: found, topics } = unpackDefinitions(packed);
  const wanted = definitions.cmdlets.map(({ description: _description, ...cmdlet }) => ({ ...cmdlet, examples: [] }));
  expect([found, topics]).toEqual([JSON.parse(JSON.stringify(wanted)), definitions.topics]);
});

it('names of traces are those of the files', () => {
  const folder = temporaryFolder();
  createTraceFile(folder, { name: 'ticket-1', scenario: 'Im', started: '', withBodies: false }).close();
  expect(storedNames('trace', folder).map(({ text }) => text)).toEqual(['ticket-1']);
  expect(storedNames('trace', temporaryFolder())).toEqual([]);
});

describe('which parameters take which names', () => {
  it.each(Object.keys(nameKinds))('%s exists', (key) => {
    const [wanted = '', parameter = ''] = key.split('.');
    const isMeant = (name: string): boolean =>
      wanted === '*' || wanted === name || wanted === `*-${name.split('-')[1]}`;
    const takers = definitions.cmdlets.filter(
      ({ name, parameters }) => isMeant(name) && parameters.some((each) => each.name === parameter),
    );
    expect(takers).not.toEqual([]);
  });

  it('every parameter that selects by pattern is completed', () => {
    const without = definitions.cmdlets.flatMap(({ name, parameters }) =>
      parameters
        .filter((each) => each.position !== undefined && each.wildcard && nameKindOf(name, each.name) === undefined)
        .map((each) => `${name} -${each.name}`),
    );
    // Contacts are in the gateway's state, of the configuration there is one, and history knows names that are gone.
    expect(without).toEqual([
      'Get-XmppGatewayConfiguration -Identity',
      'Get-Contact -Address',
      'Remove-Contact -Address',
      'Get-ImSession -Contact',
      'Search-AuditLog -Identity',
      'Get-ConfigurationHistory -Identity',
    ]);
  });
});
