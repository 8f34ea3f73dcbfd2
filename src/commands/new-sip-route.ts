/** New-SipRoute: the SIP servers that own the users of a SIP domain. */
import { sipRouteDefaults } from '../config/defaults.ts';
import { globalRoute } from '../config/route-in-force.ts';
import type { SipRoute } from '../config/sip-route.ts';
import { ifExists } from '../operations/named-objects.ts';
import { sipRouteObject } from '../operations/sip-route-object.ts';
import { newSipRoute, refuseGlobal, routeConsequences, routeWarnings } from '../operations/sip-routes.ts';
import { sipRouteOutput } from './get-sip-route.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, switchType } from './host/parameters.ts';
import { changeSentence, warnLeftAlone } from './reports/report-change.ts';
import { nextHops, routeIdentity, routeSettings, withRouteSettings } from './settings/sip-route-parameters.ts';

export default defineCmdlet({
  name: 'New-SipRoute',
  aliases: ['New-CsStaticRoute'],
  synopsis: 'Sends what is for the users of a SIP domain to the SIP servers that own them.',
  description:
    'A pool of Lync or Skype for Business Server, Kamailio, OpenSIPS. Several next hops are tried in their order. A next hop has a semicolon in it: put it in quotes. What to type on the other side: get-siproute -OutputFormat powershell, or kamailio.',
  parameters: {
    Identity: mandatory(routeIdentity, 'The SIP domain.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'MatchUri'],
    }),
    NextHop: mandatory(
      nextHops,
      'The servers, in the order in which they are tried. Transport tls and its port 5061 when they are left out, else 5060.',
      { pipeline: 'property', aliases: ['NextHops', 'Destination'] },
    ),
    ...routeSettings,
    IfNotExists: optional(switchType, 'Leaves a route that exists as it is.'),
  },
  examples: [
    {
      command: "new-siproute contoso.com -NextHop 'pool.contoso.com:5061;transport=tls'",
      shows: 'The users of contoso.com are on a pool, which is reached over mutual TLS.',
    },
    {
      command:
        "new-siproute contoso.com -NextHop 'fe01.contoso.com:5061,fe02.contoso.com:5061' -TlsName pool.contoso.com",
      shows: 'Two servers of a pool, whose certificates have the name of the pool.',
    },
    {
      command: "new-siproute lab.contoso.com -NextHop '192.0.2.20:5060;transport=tcp' -SessionMode Pager",
      shows: 'A Kamailio that takes messages without a session.',
    },
  ],
  impact: 'Low',
  output: sipRouteOutput,

  async run({ Identity, NextHop, IfNotExists, ...settings }, context) {
    refuseGlobal(Identity);
    if (Identity === globalRoute) return;
    const bare: SipRoute = { ...sipRouteDefaults, identity: Identity, nextHops: NextHop };
    const route = withRouteSettings(bare, settings);
    const committed = await context.commit({
      target: Identity,
      apply: (current) => newSipRoute(current, route, ifExists(context.force, IfNotExists)),
      consequences: (before, after) => [...routeConsequences(before, after, Identity), ...routeWarnings(route)],
    });
    if (committed.withheld) return;
    const { before, after, changed } = committed;
    const existing = before.sipRoutes[Identity];
    const kept = after.sipRoutes[Identity] ?? route;
    if (existing !== undefined && IfNotExists === true) warnLeftAlone(context, `route ${Identity}`, existing, route);
    const warnings = changed ? [...routeConsequences(before, after, Identity), ...routeWarnings(kept)] : [];
    for (const warning of warnings) context.warn(`${Identity}: ${warning}.`);
    context.done(changeSentence(`SIP route ${Identity}`, existing, kept, after.revision));
    context.write(sipRouteObject(kept, [], changed));
  },
});
