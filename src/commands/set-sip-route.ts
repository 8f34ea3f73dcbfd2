/** Set-SipRoute: changes what is named of a route. */
import type { Configuration } from '../config/configuration.ts';
import { sipRouteDefaults } from '../config/defaults.ts';
import { globalRoute } from '../config/route-in-force.ts';
import type { SipRoute } from '../config/sip-route.ts';
import { sipRouteObject } from '../operations/sip-route-object.ts';
import { newSipRoute, refuseGlobal, routeConsequences, routeWarnings, setSipRoute } from '../operations/sip-routes.ts';
import { sipRouteOutput } from './get-sip-route.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { changedList } from './host/list-change.ts';
import { mandatory, optional, switchType } from './host/parameters.ts';
import { reportChange } from './reports/report-change.ts';
import { nextHopChange, routeIdentity, routeSettings, withRouteSettings } from './settings/sip-route-parameters.ts';

export default defineCmdlet({
  name: 'Set-SipRoute',
  aliases: ['Set-CsStaticRoute'],
  synopsis: 'Changes the next hops of a SIP domain, and how they are spoken to.',
  description:
    "The running gateway follows at once. A next hop has a semicolon in it: put it in quotes. The route Global is changed by set-xmppgatewayconfiguration. $null clears TlsName; write it '$null' in bash.",
  parameters: {
    Identity: mandatory(routeIdentity, 'The SIP domain.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'MatchUri'],
    }),
    NextHop: optional(nextHopChange, 'The servers: a list replaces, +x,-y adds at the end and removes.', {
      pipeline: 'property',
      aliases: ['NextHops', 'Destination'],
    }),
    ...routeSettings,
    Create: optional(switchType, 'Makes the route, with the defaults for what is not named, when there is none.'),
  },
  examples: [
    {
      command: "set-siproute contoso.com -NextHop '+fe03.contoso.com:5061,-fe01.contoso.com:5061'",
      shows: 'One server more, and one less.',
    },
    { command: 'set-siproute contoso.com -SessionMode Session', shows: 'No attempts with pages any more.' },
    { command: "set-siproute contoso.com -TlsName '$null'", shows: 'Each next hop proves its own name again.' },
  ],
  impact: 'Medium',
  output: sipRouteOutput,

  async run({ Identity, NextHop, Create, ...settings }, context) {
    refuseGlobal(Identity);
    if (Identity === globalRoute) return;
    const edit = (route: SipRoute): SipRoute => {
      const nextHops = NextHop === undefined ? route.nextHops : changedList(route.nextHops, NextHop);
      return withRouteSettings({ ...route, nextHops }, settings);
    };
    const apply = (current: Configuration): Configuration =>
      !Create || Object.hasOwn(current.sipRoutes, Identity)
        ? setSipRoute(current, Identity, edit)
        : newSipRoute(current, edit({ ...sipRouteDefaults, identity: Identity, nextHops: [] }), 'refuse');
    const warningsOf = (before: Configuration, after: Configuration): readonly string[] => {
      const route = after.sipRoutes[Identity];
      return [...routeConsequences(before, after, Identity), ...(route === undefined ? [] : routeWarnings(route))];
    };
    const committed = await context.commit({ target: Identity, apply, consequences: warningsOf });
    if (committed.withheld) return;
    const before = committed.before.sipRoutes[Identity];
    const after = committed.after.sipRoutes[Identity];
    if (after === undefined) return;
    const warnings = committed.changed ? warningsOf(committed.before, committed.after) : [];
    for (const warning of warnings) context.warn(`${Identity}: ${warning}.`);
    const output = sipRouteObject(after, [], committed.changed);
    reportChange(context, committed, { name: `SIP route ${Identity}`, before, after, output });
  },
});
