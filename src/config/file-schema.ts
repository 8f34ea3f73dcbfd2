/**
 * The shape of the declarative file as JSON Schema (draft 2020-12), for editors and for the reader: made from the schema of the
 * store. A file says what it wants to say, so nothing is required; it says no identities twice, no stamps, and no secrets.
 */

import { certificateUsages } from './configuration.ts';
import { configurationSchema } from './configuration-schema.ts';
import { type FileSection, fileSections, notedFields, sectionKinds, unsaidFields } from './file-sections.ts';

type Schema = Readonly<Record<string, unknown>>;
type Schemas = Readonly<Record<string, Schema>>;

export const fileApiVersion = 'xgw/v1';
export const fileKind = 'GatewayConfiguration';

const fromFile: Schema = {
  type: 'object',
  description: 'A secret is never in the file: this names the file that it is in, beside this one.',
  properties: { fromFile: { type: 'string', minLength: 1, maxLength: 1024 } },
  required: ['fromFile'],
  additionalProperties: false,
};
/** Settings whose value is a secret. */
export const secretSettings: Readonly<Partial<Record<FileSection, string>>> = {
  gateway: 'dialbackPassphrase',
  users: 'password',
};

const text: Schema = { type: 'string', minLength: 1, maxLength: 1024 };
const certificateRequest = {
  type: 'object',
  properties: {
    friendlyName: text,
    keySize: { type: 'integer', enum: [2048, 3072, 4096] },
    organization: text,
    ou: text,
    country: text,
    state: text,
    city: text,
    allSipDomain: { type: 'boolean' },
    domainName: { type: 'array', items: text },
  },
  additionalProperties: false,
} as const satisfies Schema;

/** A certificate that must be there: what it serves, and how it would be asked for. Nothing is asked for by itself. */
const certificate: Schema = {
  type: 'object',
  properties: { type: { type: 'string', enum: certificateUsages }, request: certificateRequest },
  required: ['type'],
  additionalProperties: false,
};
const dns: Schema = { type: 'object', properties: { expect: { type: 'boolean' } }, additionalProperties: false };

/** What one object of a section may say. */
function objectSchema(section: FileSection): Schema {
  const stored = (configurationSchema['properties'] as Schemas)[section] as Schema;
  const isMap = stored['propertyNames'] !== undefined;
  const { properties, required } = (isMap ? stored['additionalProperties'] : stored) as {
    readonly properties: Schemas;
    readonly required: readonly string[];
  };
  const said = Object.entries(properties)
    .filter(([name]) => name === 'owner' || !(unsaidFields.has(name) || notedFields.has(name)))
    .map(([name, schema]) => [name, required.includes(name) ? schema : { anyOf: [schema, { type: 'null' }] }] as const);
  const secret = secretSettings[section];
  const secrets = secret === undefined ? {} : { [secret]: fromFile };
  return { type: 'object', properties: { ...Object.fromEntries(said), ...secrets }, additionalProperties: false };
}

/** A map of objects by name; `null` is an object of which nothing is said. */
function sectionSchema(section: FileSection): Schema {
  const { propertyNames } = (configurationSchema['properties'] as Schemas)[section] as Schema;
  const object = objectSchema(section);
  if (propertyNames === undefined) return object;
  return { type: 'object', propertyNames, additionalProperties: { anyOf: [object, { type: 'null' }] } };
}

const spec: Schema = {
  type: 'object',
  properties: {
    ...Object.fromEntries(fileSections.map((section) => [section, sectionSchema(section)])),
    certificates: { type: 'object', additionalProperties: certificate },
    dns,
  },
  additionalProperties: false,
};

const dialect = 'https://json-schema.org/draft/2020-12/schema';
const $defs = configurationSchema['$defs'] as Schemas;

/** The whole file. */
export const fileSchema: Schema = {
  $schema: dialect,
  $id: 'https://xgw.invalid/schema/xgw-v1.json',
  title: 'xgw GatewayConfiguration',
  type: 'object',
  properties: {
    apiVersion: { const: fileApiVersion },
    kind: { const: fileKind },
    metadata: {
      type: 'object',
      properties: { name: text, owner: text },
      required: ['owner'],
      additionalProperties: false,
    },
    spec,
  },
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  additionalProperties: false,
  $defs,
};

/** Kinds that have a schema of their own, and the section that their objects are in. */
export const schemaKinds = new Map<string, FileSection>(
  fileSections.map((section) => [sectionKinds[section], section]),
);

/** One object of a kind, as it stands in its section. */
export const kindSchema = (kind: string, section: FileSection): Schema => ({
  $schema: dialect,
  $id: `https://xgw.invalid/schema/${kind}.json`,
  title: kind,
  ...objectSchema(section),
  $defs,
});

const settingSchemas = new Map<FileSection, Schemas>(
  fileSections.map((section) => [section, objectSchema(section)['properties'] as Schemas]),
);

/** The settings that an object of a section may say. */
export const settingsOf = (section: FileSection): readonly string[] => Object.keys(settingSchemas.get(section) ?? {});

/** Settings of which `null` says something: they can be absent. */
export const isClearable = (section: FileSection, setting: string): boolean =>
  Object.hasOwn(settingSchemas.get(section)?.[setting] ?? {}, 'anyOf');

export const certificateSettings = Object.keys(certificateRequest.properties);
