/**
 * Objects as Import-Clixml of PowerShell reads them: property bags and hashtables as custom objects, lists as object arrays. What
 * XML cannot hold is written `_xHHHH_`, and a text that looks like that too. [MS-PSRP §2.2.5]
 */

const namespace = 'http://schemas.microsoft.com/powershell/2004/04';

/** The whole document; dates are times, what JSON cannot hold is nothing. */
export function printClixml(values: readonly unknown[]): string {
  const ids = { next: 0 };
  return `<Objs Version="1.1.0.1" xmlns="${namespace}">\n${values.map((value) => `${valueText(value, '', ids)}\n`).join('')}</Objs>\n`;
}

interface Ids {
  next: number;
}

function valueText(value: unknown, name: string, ids: Ids): string {
  if (value === null || value === undefined) return `<Nil${name} />`;
  if (typeof value === 'boolean') return `<B${name}>${value}</B>`;
  if (typeof value === 'number') return numberText(value, name);
  if (value instanceof Date) return `<DT${name}>${value.toISOString()}</DT>`;
  if (typeof value === 'string') return `<S${name}>${escaped(value)}</S>`;
  if (typeof value !== 'object') return `<Nil${name} />`;
  return Array.isArray(value) ? listText(value, name, ids) : objectText(value as Record<string, unknown>, name, ids);
}

function numberText(value: number, name: string): string {
  if (!Number.isInteger(value)) return `<Db${name}>${value}</Db>`;
  const tag = Math.abs(value) < 2 ** 31 ? 'I32' : 'I64';
  return Number.isSafeInteger(value) ? `<${tag}${name}>${value}</${tag}>` : `<Db${name}>${value}</Db>`;
}

const typeNames = (id: number, ...names: readonly string[]): string =>
  `<TN RefId="${id}">${names.map((each) => `<T>${each}</T>`).join('')}</TN>`;

function listText(list: readonly unknown[], name: string, ids: Ids): string {
  const id = ids.next++;
  const types = typeNames(id, 'System.Object[]', 'System.Array', 'System.Object');
  return `<Obj${name} RefId="${id}">${types}<LST>${list.map((each) => valueText(each, '', ids)).join('')}</LST></Obj>`;
}

function objectText(object: Readonly<Record<string, unknown>>, name: string, ids: Ids): string {
  const id = ids.next++;
  const types = typeNames(id, 'System.Management.Automation.PSCustomObject', 'System.Object');
  const members = Object.entries(object).map(([key, value]) => valueText(value, ` N="${escaped(key)}"`, ids));
  return `<Obj${name} RefId="${id}">${types}<MS>${members.join('')}</MS></Obj>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Halves of surrogate pairs stand alone in text that was cut; a pair stays. */
const escaped = (text: string): string =>
  text
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll(
      /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      hex,
    )
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);

const hex = (unit: string): string => `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
