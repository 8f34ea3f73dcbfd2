/** Where-Object: of the objects in the pipe, those that fit. */
import { CodedError } from '../primitives/errors.ts';
import type { Parameter, Values } from './host/cmdlet.ts';
import { mandatory, optional, switchType } from './host/parameters.ts';
import { anyList, anyValue, blockOrProperty, defineFilter, valueOf } from './shell/filter-values.ts';
import { holds } from './shell/operators.ts';
import { type Comparison, comparisons } from './shell/syntax.ts';
import { isTrue } from './shell/values.ts';

type Operand = Parameter<{ readonly value: unknown } | undefined>;
const than = (words: string): Operand => optional(anyValue, `The property ${words}.`);

const operands = {
  Eq: than('is equal to this'),
  Ne: than('is not equal to this'),
  Gt: than('is greater than this'),
  Ge: than('is greater than this, or equal'),
  Lt: than('is less than this'),
  Le: than('is less than this, or equal'),
  Like: than('fits this wildcard'),
  NotLike: than('does not fit this wildcard'),
  Match: than('fits this regular expression'),
  NotMatch: than('does not fit this regular expression'),
  Contains: than('is a list with this'),
  NotContains: than('is a list without this'),
  In: optional(anyList, 'The property is one of these.'),
  NotIn: optional(anyList, 'The property is none of these.'),
};

const parameters = {
  Property: mandatory(blockOrProperty, 'A property, or a script block about $_.', {
    position: 0,
    aliases: ['FilterScript'],
  }),
  ...operands,
  Not: optional(switchType, 'The property is empty, false or 0.'),
};

export default defineFilter({
  name: 'Where-Object',
  aliases: ['where', '?'],
  synopsis: 'Lets objects through that fit a condition.',
  description:
    'Text compares without regard to case. Between processes the script block is quoted for the shell, and compares only; in the management shell it may run cmdlets.',
  parameters,
  examples: [
    {
      command: 'get-xmppfederatedpartner | xgw where-object PartnerType -eq Federated',
      shows: 'The partners of one type.',
    },
    {
      command: `get-xmppfederatedpartner | xgw where-object '{ $_.AdditionalDomains.Count -gt 1 -and -not $_.Description }'`,
      shows: 'A condition of several parts.',
    },
  ],

  async filter(input, values, context) {
    const fits = conditionOf(values);
    for await (const item of input) if (await fits(item)) context.emit(item);
  },
});

function conditionOf(values: Values<typeof parameters>): (item: unknown) => Promise<boolean> {
  const { Property, Not } = values;
  const given = comparisonsIn(values);
  const [only, second] = given;
  if (second || (only && (Not || typeof Property !== 'string'))) {
    throw new CodedError('ParameterConflict', 'One comparison of one property, or a script block, is a condition.', {
      fix: "xgw where-object '{ $_.ConnectionLimit -gt 1 -and $_.ConnectionLimit -lt 9 }'",
    });
  }
  if (!only) return async (item) => isTrue(await valueOf(Property, item)) !== (Not ?? false);
  return async (item) => holds(only.operator, await valueOf(Property, item), only.value);
}

const comparisonsIn = (values: Readonly<Record<string, unknown>>) =>
  Object.keys(operands).flatMap((name) => {
    const given = values[name];
    const operator = comparisons.find((each) => each === name.toLowerCase()) as Comparison;
    if (given === undefined) return [];
    return [{ operator, value: Array.isArray(given) ? given : (given as { readonly value: unknown }).value }];
  });
