/**
 * The commands of the Management Shell that make this gateway a trusted application of a Lync or Skype for Business pool, with a
 * static route for each domain of an XMPP partner; or, through the edge, the proxy of these domains as federated ones. Names and
 * parameters: the cmdlet reference of Microsoft, New-CsTrustedApplicationPool, New-CsTrustedApplication, New-CsStaticRoute,
 * Set-CsStaticRoutingConfiguration, New-CsAllowedDomain.
 */
import { isIP } from 'node:net';

import { printHop } from '../sip-routes.ts';
import { noPartnerWarning, type Recipe, type RecipeFacts, remarks } from './recipe-facts.ts';

/** PowerShell reads the typographic quotes U+2018 to U+201B as single quotes too. */
export const powershellString = (text: string): string => `'${text.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;

const applicationId = 'xgw';

/** Pure. A next hop that speaks UDP is no such pool: the text says so, and no command is in it. */
export function powershellRecipe(facts: RecipeFacts): Recipe {
  const [first] = facts.hops;
  if (first === undefined || first.transport === 'udp') return noPool(facts);
  const { partnerDomains, certificateDoubts } = facts;
  const warnings = [...certificateDoubts, ...(partnerDomains.length === 0 ? [noPartnerWarning] : [])];
  const lines = [
    ...heading(facts),
    ...(warnings.length === 0 ? [] : ['#', ...remarks(warnings.map((warning) => `WARNING: ${warning}`))]),
    '',
    ...(facts.throughEdge ? asFederatedDomains(facts) : asTrustedApplication(facts)),
  ];
  return { text: `${lines.join('\n')}\n`, warnings };
}

const asTrustedApplication = (facts: RecipeFacts): readonly string[] => [
  ...toFillIn(facts),
  '',
  '# 1. The pool believes this gateway, by the name in its certificate.',
  ...trustedApplication(facts),
  '',
  '# 2. What is for the domains of the XMPP partners goes to this gateway.',
  ...facts.partnerDomains.flatMap((domain) => staticRoute(domain, facts)),
  '',
  ...whatComesBack(facts),
];

/** With ProxyFqdn the edge asks DNS for the address of the proxy, not for the SRV records of the domain. */
const asFederatedDomains = ({ fqdn, port, partnerDomains }: RecipeFacts): readonly string[] => [
  '# The Access Edge takes the domains of the XMPP partners as federated ones, and this gateway as their proxy.',
  'Set-CsAccessEdgeConfiguration -AllowFederatedUsers $true',
  ...partnerDomains.map(
    (domain) => `New-CsAllowedDomain -Identity ${powershellString(domain)} -ProxyFqdn ${powershellString(fqdn)}`,
  ),
  '',
  '# What must come back: each domain, with this gateway as ProxyFqdn.',
  'Get-CsAllowedDomain',
  ...remarks([
    'The external access policy of the users must allow federation.',
    `The edge is expected to connect to port 5061 of ${fqdn}${port === 5061 ? '' : `: this gateway listens on ${port}, so something must translate`}.`,
  ]),
];

function noPool({ route, hops }: RecipeFacts): Recipe {
  const [hop] = hops;
  const spoken = hop === undefined ? '' : ` ${printHop(hop)} is UDP,`;
  const warning = `Route ${route}:${spoken} and a Lync or Skype for Business pool speaks TLS and TCP only: xgw set-siproute`;
  return { text: `${remarks([warning]).join('\n')}\n`, warnings: [warning] };
}

const heading = ({ route, hops, sipDomains, revision }: RecipeFacts): readonly string[] =>
  remarks([
    `For the Lync or Skype for Business Server Management Shell, as a member of RTCUniversalServerAdmins.`,
    `Route ${route} of xgw, configuration revision ${revision}: ${hops.map(printHop).join(', ')}`,
    `Users: ${sipDomains.join(', ')}`,
  ]);

/** The registrar is guessed from the route, and can be wrong; the site is not known here, and its placeholder is refused. */
function toFillIn({ hops: [first], tlsName, address }: RecipeFacts): readonly string[] {
  const named = tlsName ?? first?.host ?? '';
  const registrar = isIP(named) === 0 ? named : '<FQDN of the Front End pool>';
  const isTcp = first?.transport === 'tcp';
  return [
    '# Replace what is not right here. Get-CsPool shows the pools, Get-CsSite the SiteId of each site.',
    `$Registrar = ${powershellString(registrar)}`,
    `$Site = ${powershellString('<SiteId>')}`,
    ...(isTcp
      ? [
          '# A TCP route leads to an address. It is as the pool sees this gateway.',
          `$Address = ${powershellString(address ?? '<IP address of this gateway>')}`,
        ]
      : []),
  ];
}

/** Continuation lines end in a backtick, as the shell wants them. */
const command = (...parts: readonly string[]): string => parts.join(' `\n    ');

function trustedApplication({ fqdn, port, hops: [first] }: RecipeFacts): readonly string[] {
  const name = powershellString(fqdn);
  const isTcp = first?.transport === 'tcp';
  return [
    command(
      `New-CsTrustedApplicationPool -Identity ${name} -Registrar $Registrar -Site $Site`,
      `-ComputerFqdn ${name} -RequiresReplication $false -ThrottleAsServer $true`,
      `-TreatAsAuthenticated $true -OutboundOnly $false`,
    ),
    command(
      `New-CsTrustedApplication -ApplicationId ${powershellString(applicationId)}`,
      `-TrustedApplicationPoolFqdn ${name} -Port ${port}${isTcp ? ' -EnableTcp' : ''}`,
    ),
    'Enable-CsTopology',
  ];
}

/** The Request-URI keeps its host (ReplaceHostInRequestUri is False unless it is set): it is the XMPP domain. */
function staticRoute(domain: string, { fqdn, port, hops: [first] }: RecipeFacts): readonly string[] {
  const matching = `-Port ${port} -MatchUri ${powershellString(domain)}`;
  const route =
    first?.transport === 'tcp'
      ? `New-CsStaticRoute -TCPRoute -Destination $Address ${matching}`
      : command(
          `New-CsStaticRoute -TLSRoute -Destination ${powershellString(fqdn)} ${matching}`,
          '-UseDefaultCertificate $true',
        );
  return [`$Route = ${route}`, 'Set-CsStaticRoutingConfiguration -Identity global -Route @{Add=$Route}'];
}

const whatComesBack = ({ fqdn, partnerDomains, hops }: RecipeFacts): readonly string[] => [
  '# What must come back: the application, and one route for each domain.',
  `Get-CsTrustedApplication -Identity ${powershellString(`${fqdn}/urn:application:${applicationId}`)}`,
  'Get-CsStaticRoutingConfiguration -Identity global | Select-Object -ExpandProperty Route',
  ...remarks([
    `Routes: ${partnerDomains.length}. A route that exists already is not replaced: remove it with -Route @{Remove=$Route}.`,
    'Another domain later: run part 2 for it again. From users in a pool with routing of its own, name that in place of global.',
    ...(hops[0]?.transport === 'tcp' ? ['TCP is not encrypted, and the pool believes whoever has the address.'] : []),
  ]),
];
