/** Get-SipRoute: which SIP servers own the users of a domain, whether they answer, and what to type on them. */
import type { Configuration } from '../config/configuration.ts';
import { hopStates } from '../operations/hop-states.ts';
import { configurationOf } from '../operations/loaded-configuration.ts';
import { selectNamed } from '../operations/named-objects.ts';
import { sipRouteObject } from '../operations/sip-route-object.ts';
import { type ShownRoute, shownRoutes, sipRouteKind } from '../operations/sip-routes.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, switchType } from './host/parameters.ts';

export const sipRouteOutput = {
  kind: 'SipRoute',
  table: ['Identity', 'NextHop', 'State', 'SessionMode', 'TlsName'],
} as const;

const recipes = ['powershell', 'kamailio'] as const;
type RecipeName = (typeof recipes)[number];

export default defineCmdlet({
  name: 'Get-SipRoute',
  aliases: ['Get-CsStaticRoute', 'Get-CsStaticRoutingConfiguration'],
  synopsis: 'Shows the SIP servers that own the users of your SIP domains, and whether they answer.',
  description:
    'Global is the route which SipNextHop makes while SipMode is NextHop, for the domains that have none of their own. State and Hops are what the running gateway knows. -OutputFormat powershell prints what an administrator of Lync or Skype for Business Server types in the Management Shell, kamailio a part of the configuration of Kamailio.',
  parameters: {
    Identity: optional(pattern, 'A SIP domain, or Global; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Domain', 'MatchUri'],
      wildcard: true,
    }),
    Filter: optional(pattern, 'The same as a wildcard Identity, as Lync calls it.', { wildcard: true }),
    LocalStore: optional(switchType, 'What the running gateway has loaded, in place of what the store says.'),
  },
  examples: [
    { command: 'get-siproute', shows: 'All routes, and which of them work.' },
    { command: 'get-siproute contoso.com -ExpandProperty Hops', shows: 'Each next hop: since when, and why not.' },
    {
      command: 'get-siproute contoso.com -OutputFormat powershell',
      shows: 'What to type on the pool: trusted application, and a static route for each partner.',
    },
    { command: 'get-siproute contoso.com -OutputFormat kamailio', shows: 'What to include on a Kamailio.' },
  ],
  output: sipRouteOutput,
  accepts: ['SipRoute', 'SipDomain'],
  formats: recipes,

  async run({ Identity, Filter, LocalStore }, context) {
    const configuration = await configurationOf(context.store, LocalStore);
    const routes = selectNamed(shownRoutes(configuration), { Identity, Filter }, sipRouteKind);
    const recipe = recipes.find((each) => each === context.format);
    if (recipe !== undefined) return printRecipes(recipe, { routes, configuration }, context);
    if (routes.length === 0) return;
    const states = await hopStates(context.store.folder);
    for (const route of routes) context.write(sipRouteObject(route, states));
  },
});

interface RoutesOf {
  readonly routes: readonly ShownRoute[];
  readonly configuration: Configuration;
}

/** Of each route one; loaded late, since nobody else looks at certificates here. */
async function printRecipes(recipe: RecipeName, of: RoutesOf, context: CmdletContext): Promise<void> {
  const { routeRecipe } = await import('../operations/sip-route-recipes/route-recipe.ts');
  if (of.routes.length === 0) context.warn('there is no SIP route, so there is nothing to type elsewhere.');
  const around = { configuration: of.configuration, storeFolder: context.store.folder, now: context.now() };
  for (const route of of.routes) {
    const { text, warnings } = routeRecipe(recipe, route, around);
    for (const warning of warnings) context.warn(warning);
    context.writeText(text);
  }
}
