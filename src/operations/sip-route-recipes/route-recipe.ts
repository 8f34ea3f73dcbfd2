/** What to type on the servers behind a route, in their own language. */
import type { Configuration } from '../../config/configuration.ts';
import { openKeyStore } from '../../store/key-store.ts';
import type { ShownRoute } from '../sip-routes.ts';
import { kamailioRecipe } from './kamailio-recipe.ts';
import { powershellRecipe } from './powershell-recipe.ts';
import { type Recipe, recipeFacts } from './recipe-facts.ts';

const printers = { powershell: powershellRecipe, kamailio: kamailioRecipe } as const;

/** @throws CodedError `AccessEdgeMissing`, `InvalidValue` */
export function routeRecipe(
  language: keyof typeof printers,
  route: ShownRoute,
  around: { readonly configuration: Configuration; readonly storeFolder: string; readonly now: Date },
): Recipe {
  const { configuration, storeFolder, now } = around;
  return printers[language](recipeFacts(configuration, route, { keys: openKeyStore(storeFolder), now }));
}
