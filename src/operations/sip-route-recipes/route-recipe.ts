/** What to type on the servers behind a route, in their own language. */
import type { ConfigStore } from '../../store/config-store.ts';
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
  { store, now }: { readonly store: ConfigStore; readonly now: Date },
): Recipe {
  const keys = openKeyStore(store.folder);
  return printers[language](recipeFacts(store.read(), route, { keys, now }));
}
