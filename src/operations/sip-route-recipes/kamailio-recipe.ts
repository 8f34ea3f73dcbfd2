/**
 * A part of a Kamailio configuration that makes this gateway the way to the XMPP partners: nobody else speaks for their domains,
 * nobody but the own users sends to them, and a MESSAGE is not record-routed, since it makes no dialog [RFC 3428 §4].
 * For Kamailio 5.6; test/scenarios/kamailio-recipe.test.ts lets a real one run it.
 */
import { isIP } from 'node:net';

import { printHop } from '../sip-routes.ts';
import { noPartnerWarning, type Recipe, type RecipeFacts, remarks, uriHost } from './recipe-facts.ts';

/** Between double quotes Kamailio reads escapes; a domain or an address has nothing that needs one. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/** Pure. */
export function kamailioRecipe(facts: RecipeFacts): Recipe {
  const { partnerDomains, certificateDoubts, hops } = facts;
  const transport = hops[0]?.transport ?? 'tls';
  const doubts = transport === 'tls' ? certificateDoubts : [];
  const warnings = [...doubts, ...(partnerDomains.length === 0 ? [noPartnerWarning] : [])];
  const lines = [
    ...heading(facts, transport),
    ...(warnings.length === 0 ? [] : ['#', ...remarks(warnings.map((warning) => `WARNING: ${warning}`))]),
    ...(transport === 'tls' ? tlsProfiles(facts) : []),
    '',
    ...domainTable('XGW_PARTNER', 'Whether $var(xgw_domain) is a domain of an XMPP partner.', partnerDomains),
    ...domainTable('XGW_OWN', 'Whether $var(xgw_domain) is a domain of the users here.', facts.sipDomains),
    ...fromGateway(facts, transport),
    ...toGateway(facts, transport),
  ];
  return { text: `${lines.join('\n')}\n`, warnings };
}

const modules = ['tm', 'sl', 'rr', 'pv', 'textops'];

const heading = ({ route, hops, revision }: RecipeFacts, transport: string): readonly string[] =>
  remarks([
    'xgw: the XMPP partners behind this Kamailio (5.6).',
    `Route ${route} of xgw, configuration revision ${revision}: ${hops.map(printHop).join(', ')}`,
    '',
    'Save it as xgw.cfg beside kamailio.cfg. In kamailio.cfg:',
    `  below the modules (it needs ${[...modules, ...(transport === 'tls' ? ['tls'] : [])].join(', ')}):`,
    '    include_file "xgw.cfg"',
    '  in request_route, behind CANCEL and the requests inside of dialogs:',
    '    route(XGW_FROM);                       # who may speak for the partners',
    '    if ($var(xgw) != 1) route(AUTH);       # the gateway has no password',
    '    route(XGW_TO);                         # what goes to the partners',
    'Then: kamailio -c, and start it again.',
  ]);

/** Kamailio compares no names on the connections that it opens: what guards them is who signed. */
const tlsProfiles = ({ fqdn, hops, tlsName }: RecipeFacts): readonly string[] => {
  const own = tlsName ?? hops[0]?.host ?? '';
  return [
    '#',
    ...remarks([
      '---- tls.cfg ----',
      '[server:default]',
      'method = TLSv1.2+',
      'verify_certificate = yes',
      'require_certificate = no',
      'private_key = /etc/kamailio/tls/key.pem',
      'certificate = /etc/kamailio/tls/cert.pem',
      'ca_list = /etc/kamailio/tls/xgw-roots.pem',
      '',
      '[client:any]',
      'server_id = xgw',
      `server_name = ${fqdn}`,
      'method = TLSv1.2+',
      'verify_certificate = yes',
      'require_certificate = yes',
      'private_key = /etc/kamailio/tls/key.pem',
      'certificate = /etc/kamailio/tls/cert.pem',
      'ca_list = /etc/kamailio/tls/xgw-roots.pem',
      '---- end of tls.cfg ----',
      `cert.pem must name ${own}, for servers and clients: the gateway compares it with the next hop.`,
      'xgw-roots.pem has the authority of the certificate of the gateway, and no other: Kamailio compares',
      'no name when it connects. Phones need no certificate (require_certificate = no).',
    ]),
  ];
};

/** One domain a line, however many there are. */
const domainTable = (name: string, what: string, domains: readonly string[]): readonly string[] => [
  `# ${what}`,
  `route[${name}] {`,
  ...(domains.length === 0
    ? []
    : [
        '  switch ($var(xgw_domain)) {',
        ...domains.map((domain) => `    case ${quoted(domain)}:`),
        '      return 1;',
        '  }',
      ]),
  '  return -1;',
  '}',
  '',
];

const fromGateway = (facts: RecipeFacts, transport: string): readonly string[] => [
  '# The gateway is believed; anybody else who claims to be of a partner is refused.',
  'route[XGW_FROM] {',
  '  $var(xgw) = 0;',
  ...proof(facts, transport),
  '    $var(xgw) = 1;',
  '    return 1;',
  '  }',
  '  $var(xgw_domain) = $(fd{s.tolower});',
  '  route(XGW_PARTNER);',
  '  if ($rc > 0) {',
  '    sl_send_reply("403", "Not Your Domain");',
  '    exit;',
  '  }',
  '  return 1;',
  '}',
  '',
];

/** By its certificate over TLS, else by its address: a stranger can forge that in a datagram. */
function proof({ fqdn, address, port }: RecipeFacts, transport: string): readonly string[] {
  const name = quoted(fqdn);
  if (transport === 'tls')
    return [
      `  if ($proto == "tls" && is_peer_verified()`,
      `      && ($tls_peer_subject_cn == ${name} || $tls_peer_san_hostname == ${name})) {`,
    ];
  const place = address ?? fqdn;
  // Datagrams of the gateway leave from the port where it listens; its connections do not.
  const from = transport === 'udp' ? ` && src_port == ${port}` : '';
  return [
    ...(isIP(place) === 0 ? ['  # A name is as good as DNS; an address is better.'] : []),
    ...(transport === 'udp' ? ['  # UDP: keep strangers who forge this address out of the network.'] : []),
    `  if ($proto == ${quoted(transport)} && src_ip == ${quoted(uriHost(place))}${from}) {`,
  ];
}

const toGateway = ({ fqdn, address, port }: RecipeFacts, transport: string): readonly string[] => [
  '# Requests for the partners, of users whose name route(AUTH) has proved.',
  'route[XGW_TO] {',
  '  $var(xgw_domain) = $(rd{s.tolower});',
  '  route(XGW_PARTNER);',
  '  if ($rc < 0) return 1;',
  '  $var(xgw_domain) = $(fd{s.tolower});',
  '  route(XGW_OWN);',
  '  if ($rc < 0) {',
  '    sl_send_reply("403", "Not A User Of Ours");',
  '    exit;',
  '  }',
  '  remove_hf("Route");',
  '  # Only what makes a dialog: a MESSAGE that is record-routed would pin its sender to this server.',
  '  if (is_method("INVITE|SUBSCRIBE")) record_route();',
  `  $du = ${quoted(`sip:${uriHost(address ?? fqdn)}:${port};transport=${transport}`)};`,
  ...(transport === 'tls' ? ['  tls_set_connect_server_id("xgw");'] : []),
  '  if (!t_relay()) sl_reply_error();',
  '  exit;',
  '}',
];
