/** PowerShell wildcards: `*`, `?`, `[a-c]`, without regard to case; a backtick takes the next character as it is. */

/** Whether the text selects by pattern and not by name. */
export const isPattern = (text: string): boolean => /[*?[]/.test(text.replaceAll(/`./g, ''));

/** A test for names. An unclosed `[` stands for itself. */
export function wildcard(pattern: string): (name: string) => boolean {
  const tokens = pattern.slice(0, maxPattern).matchAll(/`(.)|(\*+)|(\?)|\[([^\]]+)\]|(.)/gsu);
  const source = [...tokens].map(([, escaped, stars, question, set, other]) => {
    if (stars !== undefined) return '.*';
    if (question !== undefined) return '.';
    if (set !== undefined) return setSource(set);
    return literal(escaped ?? other ?? '');
  });
  const expression = new RegExp(`^${source.join('')}$`, 'isu');
  return (name) => expression.test(name);
}

/** Characters. With runs of `*` merged, a match of a name of 253 characters stays cheap. */
const maxPattern = 253;

const literal = (character: string): string => character.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
const member = (character: string): string => (character === '-' ? String.raw`\-` : literal(character));

/** `a-c` is a range, everything else stands for itself. A range whose ends are the wrong way round matches nothing. */
function setSource(set: string): string {
  const members = [...set.matchAll(/(.)-(.)|(.)/gsu)].flatMap(([, least, most, single]) => {
    if (single !== undefined) return [member(single)];
    return least !== undefined && most !== undefined && least <= most ? [`${member(least)}-${member(most)}`] : [];
  });
  return members.length === 0 ? '(?!)' : `[${members.join('')}]`;
}
