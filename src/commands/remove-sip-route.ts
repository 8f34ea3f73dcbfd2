/** Remove-SipRoute: the settings of the gateway say again where the users of a SIP domain are. */
import { matchingNames, namedOrThrow } from '../operations/named-objects.ts';
import { sipRouteObject } from '../operations/sip-route-object.ts';
import { refuseGlobal, removeSipRoutes, routeConsequences, sipRouteKind } from '../operations/sip-routes.ts';
import { sipRouteOutput } from './get-sip-route.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, pattern, switchType } from './host/parameters.ts';
import { removeNamed } from './settings/remove-named.ts';

export default defineCmdlet({
  name: 'Remove-SipRoute',
  aliases: ['Remove-CsStaticRoute'],
  synopsis: 'Removes the route of a SIP domain.',
  description:
    'Its users are then at home here, or behind SipNextHop, as SipMode says. A pattern never means the route Global.',
  parameters: {
    Identity: mandatory(pattern, 'A SIP domain; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'MatchUri'],
      wildcard: true,
    }),
    IfExists: optional(switchType, 'A route that does not exist is no failure.'),
  },
  examples: [{ command: 'remove-siproute contoso.com', shows: 'One route less.' }],
  impact: 'Medium',
  output: sipRouteOutput,

  async run({ Identity, IfExists }, context) {
    refuseGlobal(Identity);
    await removeNamed(context, {
      words: 'SIP route',
      identity: Identity,
      ifExists: IfExists,
      select: ({ sipRoutes }) => matchingNames(sipRoutes, Identity),
      remove: removeSipRoutes,
      output: ({ sipRoutes }, identity) => sipRouteObject(namedOrThrow(sipRoutes, identity, sipRouteKind), [], true),
      consequences: (before, after) =>
        matchingNames(before.sipRoutes, Identity).flatMap((identity) => routeConsequences(before, after, identity)),
    });
  },
});
