/** ConvertFrom-Json: JSON texts in the pipe become objects. */
import { inputRecords } from './host/pipeline-input.ts';
import { defineFilter, kept } from './shell/filter-values.ts';

export default defineFilter({
  name: 'ConvertFrom-Json',
  synopsis: 'Makes objects of JSON: one value, an array, or an object a line.',
  parameters: {},
  examples: [{ command: 'get-user -OutputFormat json | xgw convertfrom-json', shows: 'The objects of an array.' }],

  async filter(input, _values, context) {
    const items = await kept(input);
    for (const item of items) if (typeof item !== 'string') context.emit(item);
    const text = items.filter((item) => typeof item === 'string').join('\n');
    for await (const record of inputRecords(piece(text))) context.emit(record);
  },
});

async function* piece(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
