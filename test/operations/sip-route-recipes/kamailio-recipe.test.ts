/** What Kamailio says of the recipe without running it; `scenarios/kamailio-recipe` runs it. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { kamailioRecipe } from '../../../src/operations/sip-route-recipes/kamailio-recipe.ts';
import type { RecipeFacts } from '../../../src/operations/sip-route-recipes/recipe-facts.ts';
import { describeWithPeers, peers, programPath } from '../../support/needs-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { sampleFacts, tlsHop } from './recipe-facts-sample.ts';

const by = (transport: 'udp' | 'tcp' | 'tls', more: Partial<RecipeFacts> = {}): RecipeFacts => ({
  ...sampleFacts,
  hops: [{ ...tlsHop, transport }],
  ...more,
});
const many = Array.from({ length: 2000 }, (_, index) => `partner${index}.example`);

/** The modules are those which the recipe names, and no other but that of the log. */
function mainConfiguration(recipe: string): string {
  const [, modules = ''] = /it needs ([a-z, ]+)\)/.exec(recipe) ?? [];
  return `#!KAMAILIO
listen=udp:127.0.0.1:15060
enable_tls=yes
${modules
  .split(', ')
  .map((name) => `loadmodule "${name}.so"`)
  .join('\n')}
include_file "xgw.cfg"
request_route {
  route(XGW_FROM);
  if ($var(xgw) != 1) route(AUTH);
  route(XGW_TO);
}
route[AUTH] { return 1; }
`;
}

describeWithPeers('Kamailio accepts the recipe', [peers.kamailio], () => {
  it.each<readonly [string, RecipeFacts]>([
    ['over TLS', by('tls')],
    ['over TCP, by name', by('tcp', { port: 5060 })],
    ['over TCP, by an IPv6 address', by('tcp', { port: 5060, address: '2001:db8::1' })],
    ['over UDP', by('udp', { port: 5060, address: '192.0.2.10' })],
    ['without a partner', by('tls', { partnerDomains: [] })],
    ['for two thousand partner domains', by('tls', { partnerDomains: many })],
  ])('%s', (_, facts) => {
    const folder = temporaryFolder();
    const { text } = kamailioRecipe(facts);
    writeFileSync(path.join(folder, 'xgw.cfg'), text);
    writeFileSync(path.join(folder, 'kamailio.cfg'), mainConfiguration(text));
    const program = programPath(peers.kamailio.program) ?? 'kamailio';
    const options = { cwd: folder, encoding: 'utf8', stdio: 'pipe' } as const;
    expect(() => execFileSync(program, ['-c', '-f', path.join(folder, 'kamailio.cfg')], options)).not.toThrow();
  });
});

describe('the recipe for Kamailio', () => {
  it('sends to our listener by the transport of the next hop, and record-routes no MESSAGE', () => {
    const { text } = kamailioRecipe(by('tls'));
    expect(text).toContain('$du = "sip:sip.contoso.com:5061;transport=tls";');
    expect(text).toContain('if (is_method("INVITE|SUBSCRIBE")) record_route();');
    expect(text.match(/record_route/g)).toHaveLength(1);
    const tcp = kamailioRecipe(by('tcp', { port: 5080, address: '2001:db8::1' })).text;
    expect(tcp).toContain('$du = "sip:[2001:db8::1]:5080;transport=tcp";');
  });

  it('believes a certificate over TLS, an address otherwise, and a datagram only from our port', () => {
    const trust = (facts: RecipeFacts) => /^ {2}if \(\$proto[^]*?\{$/m.exec(kamailioRecipe(facts).text)?.[0];
    expect(trust(by('tls'))).toMatch(/^ {2}if \(\$proto == "tls" && is_peer_verified\(\)\n.*"sip\.contoso\.com"/);
    expect(trust(by('tcp', { address: '192.0.2.10' }))).toBe('  if ($proto == "tcp" && src_ip == "192.0.2.10") {');
    expect(trust(by('udp', { address: '192.0.2.10', port: 5060 }))).toBe(
      '  if ($proto == "udp" && src_ip == "192.0.2.10" && src_port == 5060) {',
    );
  });

  it('has the profiles of tls.cfg for TLS alone, with the name that the gateway compares', () => {
    expect(kamailioRecipe(by('tls', { tlsName: 'pool2.contoso.com' })).text).toContain(
      'cert.pem must name pool2.contoso.com',
    );
    expect(kamailioRecipe(by('tcp')).text).not.toContain('tls.cfg');
  });

  it('lets no text of ours end a remark or a string', () => {
    const lines = kamailioRecipe(by('tls', { certificateDoubts: ['odd'] })).text.split('\n');
    expect(lines).toContain('# WARNING: odd');
    expect(lines.filter((line) => /^[^# }]/.test(line) && !/^route\[XGW_[A-Z]+\] \{$/.test(line))).toEqual([]);
  });
});
