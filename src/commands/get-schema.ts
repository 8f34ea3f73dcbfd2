/** Get-Schema: the JSON Schema of the declarative file, for editors and for other programs that write it. */
import { fileKind, fileSchema, kindSchema, schemaKinds } from '../config/file-schema.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { oneOf, optional } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Get-Schema',
  synopsis: 'Prints the JSON Schema of the configuration file, or of one kind of object in it.',
  description:
    'An editor that knows the schema completes names and marks mistakes while the file is typed. With yaml-language-server the first line of the file says where it is: # yaml-language-server: $schema=xgw.schema.json',
  parameters: {
    Kind: optional(oneOf([fileKind, ...schemaKinds.keys()], 'Kind'), 'What the schema is of.', {
      position: 0,
      defaultText: `${fileKind}, the whole file`,
    }),
  },
  examples: [
    { command: 'get-schema', shows: 'The schema of the file; > xgw.schema.json keeps it.' },
    { command: 'get-schema XmppFederatedPartner', shows: 'What a partner may say.' },
  ],

  async run({ Kind }, context) {
    const section = schemaKinds.get(Kind ?? '');
    const schema = Kind === undefined || section === undefined ? fileSchema : kindSchema(Kind, section);
    context.writeText(JSON.stringify(schema, undefined, 2));
    await Promise.resolve();
  },
});
