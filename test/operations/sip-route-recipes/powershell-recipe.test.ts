import { describe, expect, it } from '@jest/globals';
import { assert, property, string } from 'fast-check';

import { powershellRecipe, powershellString } from '../../../src/operations/sip-route-recipes/powershell-recipe.ts';
import '../../support/property-seed.ts';
import { sampleFacts, tlsHop } from './recipe-facts-sample.ts';

const singleQuotes = /['\u2018-\u201b]/;

/**
 * The words of PowerShell: a string ends at a single quote of any kind that is not doubled. No line of a recipe has double
 * quotes or an escape other than the backtick at its end.
 */
function wordsOf(text: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  const joined = text.replaceAll(/ `\n\s+/g, ' ');
  for (const line of joined.split('\n')) {
    if (line.startsWith('#') || line === '') continue;
    const words: string[] = [];
    let rest = line;
    while (rest !== '') {
      const [all = '', quoted, plain] =
        /^\s*(?:['\u2018-\u201b]((?:[^'\u2018-\u201b]|['\u2018-\u201b]{2})*)['\u2018-\u201b]|([^\s'"`\u2018-\u201b]+))/.exec(
          rest,
        ) ?? [];
      if (all === '') throw new Error(`unbalanced: ${line}`);
      words.push(plain ?? (quoted ?? '').replaceAll(/(['\u2018-\u201b])['\u2018-\u201b]/g, '$1'));
      rest = rest.slice(all.length);
    }
    commands.push(words);
  }
  return commands.slice(1);
}

const after = (words: readonly string[], parameter: string): string | undefined => words[words.indexOf(parameter) + 1];
const commandsOf = (text: string, cmdlet: string) => wordsOf(text).filter((words) => words.includes(cmdlet));

describe('the commands for a pool', () => {
  const { text, warnings } = powershellRecipe(sampleFacts);

  it('make a trusted application of our name and port, before there is a route', () => {
    expect(warnings).toEqual([]);
    const [pool = []] = commandsOf(text, 'New-CsTrustedApplicationPool');
    expect(['-Identity', '-ComputerFqdn', '-Registrar', '-Site'].map((each) => after(pool, each))).toEqual([
      ...['sip.contoso.com', 'sip.contoso.com', '$Registrar', '$Site'],
    ]);
    const [application = []] = commandsOf(text, 'New-CsTrustedApplication');
    expect(['-TrustedApplicationPoolFqdn', '-Port'].map((each) => after(application, each))).toEqual([
      'sip.contoso.com',
      '5061',
    ]);
    expect(application).not.toContain('-EnableTcp');
    const order = wordsOf(text).map(([word, , second]) => (word === '$Route' ? second : word));
    expect(order.indexOf('Enable-CsTopology')).toBeLessThan(order.indexOf('New-CsStaticRoute'));
  });

  it('have one static route for each domain of a partner, each added to the configuration', () => {
    const routes = commandsOf(text, 'New-CsStaticRoute');
    expect(routes.map((words) => after(words, '-MatchUri'))).toEqual(['corp.fabrikam.com', 'fabrikam.com']);
    for (const words of routes) {
      expect(words).toContain('-TLSRoute');
      expect(['-Destination', '-Port', '-UseDefaultCertificate'].map((each) => after(words, each))).toEqual([
        ...['sip.contoso.com', '5061', '$true'],
      ]);
    }
    const added = commandsOf(text, 'Set-CsStaticRoutingConfiguration').filter((words) =>
      words.includes('@{Add=$Route}'),
    );
    expect(added).toHaveLength(2);
  });

  it('leave to be filled in what is not known here, with a word that the shell refuses', () => {
    expect(wordsOf(text).filter(([word]) => word === '$Registrar' || word === '$Site')).toEqual([
      ['$Registrar', '=', 'pool.contoso.com'],
      ['$Site', '=', '<SiteId>'],
    ]);
    const byAddress = powershellRecipe({ ...sampleFacts, hops: [{ ...tlsHop, host: '192.0.2.1' }] });
    expect(byAddress.text).toContain("$Registrar = '<FQDN of the Front End pool>'");
    const named = powershellRecipe({
      ...sampleFacts,
      hops: [{ ...tlsHop, host: '192.0.2.1' }],
      tlsName: 'pool2.contoso.com',
    });
    expect(named.text).toContain("$Registrar = 'pool2.contoso.com'");
  });

  it('by TCP lead to an address, as Lync wants it', () => {
    const hops = [{ ...tlsHop, port: 5060, transport: 'tcp' as const }];
    const tcp = powershellRecipe({ ...sampleFacts, hops, port: 5060, address: '192.0.2.10' }).text;
    expect(commandsOf(tcp, 'New-CsStaticRoute').map((words) => after(words, '-Destination'))).toEqual([
      '$Address',
      '$Address',
    ]);
    expect(commandsOf(tcp, 'New-CsStaticRoute')[0]).toContain('-TCPRoute');
    expect(commandsOf(tcp, 'New-CsTrustedApplication')[0]).toContain('-EnableTcp');
    expect(tcp).toContain("$Address = '192.0.2.10'");
    expect(powershellRecipe({ ...sampleFacts, hops }).text).toContain("$Address = '<IP address of this gateway>'");
  });

  it('are none for a next hop by UDP, which no pool speaks', () => {
    const udp = powershellRecipe({ ...sampleFacts, hops: [{ ...tlsHop, transport: 'udp' }] });
    expect(wordsOf(udp.text)).toEqual([]);
    expect(udp.warnings).toEqual([expect.stringContaining('speaks TLS and TCP only')]);
  });

  it('through an edge allow each domain as a federated one, with this gateway as its proxy', () => {
    const edge = powershellRecipe({ ...sampleFacts, throughEdge: true }).text;
    expect(
      commandsOf(edge, 'New-CsAllowedDomain').map((words) => [after(words, '-Identity'), after(words, '-ProxyFqdn')]),
    ).toEqual([
      ['corp.fabrikam.com', 'sip.contoso.com'],
      ['fabrikam.com', 'sip.contoso.com'],
    ]);
    expect(commandsOf(edge, 'New-CsStaticRoute')).toEqual([]);
  });

  it('carry the warnings with them, and say so when there is no partner', () => {
    const doubtful = powershellRecipe({
      ...sampleFacts,
      partnerDomains: [],
      certificateDoubts: ['The certificate is odd'],
    });
    expect(doubtful.warnings).toEqual([
      'The certificate is odd',
      expect.stringMatching(/^No XMPP partner is configured/),
    ]);
    for (const warning of doubtful.warnings) expect(doubtful.text).toContain(`# WARNING: ${warning}\n`);
    expect(commandsOf(doubtful.text, 'New-CsStaticRoute')).toEqual([]);
  });
});

it('a string of any text is one word, and means that text', () => {
  expect(powershellString("it's ‘so’")).toBe("'it''s ‘‘so’’'");
  const oneLine = string({ unit: 'binary' }).map((text) => text.replaceAll(/[\n\r]/g, ' '));
  assert(property(oneLine, (text) => expect(wordsOf(`X ${powershellString(text)}`)).toEqual([['X', text]])));
  expect(singleQuotes.test('\u201a')).toBe(true);
});
