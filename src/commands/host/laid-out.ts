/** Objects laid out for people by a cmdlet whose work that is: Format-Table and Format-List. */
import type { CmdletContext } from './cmdlet.ts';
import { paletteOf } from './colour.ts';
import { listView } from './list-view.ts';
import type { Session } from './session.ts';
import { isCaptured } from './session.ts';
import { wantsColour } from './surroundings.ts';
import { tableView } from './table-view.ts';

/** Off a terminal nothing is left out, however wide it is, and nothing coloured. */
export function laidOut(session: Session): CmdletContext['view'] {
  const { host, common } = session;
  const isShown = !isCaptured(session, session.format);
  const palette = paletteOf(isShown && wantsColour(host.stdout, host.env, common.NoColor === true));
  return (objects, form, columns) => {
    const [first = {}] = objects;
    const own = (object: object): readonly string[] => Object.keys(object).filter((name) => name !== 'Kind');
    if (form === 'list') return objects.map((object) => listView(object, columns ?? own(object), palette)).join('\n');
    const width = isShown ? host.stdout.columns : undefined;
    return tableView(objects, { columns: columns ?? own(first), width, palette }).text;
  };
}
