/**
 * Builds dist/: one CommonJS bundle per cmdlet, so that a cmdlet starts near bare node; `xgw.cjs`, which finds the bundle;
 * `catalogue.json` and `completion.json`, all definitions as data; `zh-tw.json`, the sentences in Chinese; and the compiled
 * configuration validator.
 * Files are replaced one by one, whole: what runs meanwhile finds the old one or the new one.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

import { compileConfigurationValidator } from './src/config/compile-configuration-validator.mjs';

const commands = 'src/commands';
const bundles = readdirSync(commands)
  .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
  .map((name) => name.replace(/\.ts$/, ''));

/** Cmdlets that run others in their process share one bundle, which carries all of them. */
const carriers = ['enter-management-shell', 'invoke-pipeline', 'invoke-script'];
const carrier = 'management-shell';

/** @type {import('esbuild').BuildOptions} */
const cjs = {
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  // Native modules.
  external: ['fs-native-extensions', 'lmdb'],
  // What is loaded late is another CommonJS file.
  supported: { 'dynamic-import': false },
  logLevel: 'warning',
  write: false,
};

/** Large packages that few cmdlets need, or only late: a file of their own, read when it is wanted. */
const vendors = ['conf', 'inquirer', 'node-forge', 'pino', 'prom-client', 'saxes', 'vscode-jsonrpc/node', 'yaml'];
const vendorFile = (name) => `vendor/${name.split('/')[0]}.cjs`;
const vendor = {
  name: 'vendor',
  setup: (context) =>
    context.onResolve({ filter: new RegExp(`^(?:${vendors.join('|')})$`) }, ({ path, importer }) =>
      importer.includes('node_modules') ? undefined : { path: `../${vendorFile(path)}`, external: true },
    ),
};

/** Modules of node that take milliseconds to load, and that most cmdlets never touch: loaded when one of their names is used. */
const late = {
  name: 'late-builtins',
  setup(context) {
    const filter = /^(?:node:)?(?:child_process|crypto|dgram|dns|http|https|net|readline|tls|tty|worker_threads|zlib)$/;
    context.onResolve({ filter }, ({ path, namespace }) => {
      return namespace === 'late' ? { path, external: true } : { path: path.replace('node:', ''), namespace: 'late' };
    });
    context.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      // Each name is looked up once: what is used a thousand times a second is a plain property then.
      contents: `for (const name of '${Object.keys(process.getBuiltinModule(path))}'.split(','))
                   Object.defineProperty(exports, name, { enumerable: true, configurable: true, get() {
                     const value = require('node:${path}')[name];
                     Object.defineProperty(exports, name, { enumerable: true, value });
                     return value;
                   } });`,
    }));
  },
};

/** The rules for the store, the largest of our own parts: read when something is checked, not where nothing is. */
const lateValidator = {
  name: 'late-validator',
  setup(context) {
    context.onResolve({ filter: /^#configuration-validator$/ }, ({ path }) => ({ path, namespace: 'late-validator' }));
    context.onResolve({ filter: /./, namespace: 'late-validator' }, ({ path }) => ({ path, external: true }));
    context.onLoad({ filter: /.*/, namespace: 'late-validator' }, () => ({
      contents: `const load = () => require('../configuration-validator.cjs');
                 const late = (value) => { const validate = load(); const valid = validate(value); late.errors = validate.errors; return valid; };
                 late.rules = '${rules}';
                 module.exports = late;`,
    }));
  },
};

/** What draws tables: read for the first of them, and so not where nobody looks. */
const lateTable = {
  name: 'late-table',
  setup(context) {
    context.onResolve({ filter: /^cli-table3$/ }, ({ path }) => ({ path, namespace: 'late-table' }));
    context.onResolve({ filter: /./, namespace: 'late-table' }, ({ path }) => ({ path, external: true }));
    context.onLoad({ filter: /.*/, namespace: 'late-table' }, () => ({
      contents: `module.exports = function (...given) { return new (require('../${vendorFile('cli-table3')}'))(...given); };`,
    }));
  },
};

const cmdletEntry = (name) => `import cmdlet from './${name}.ts';
                              import { main } from './host/main.ts';
                              main(cmdlet, process);`;

/** Which of them it is, the word that was typed tells. */
const carrierEntry = `import { cmdlets } from './index.ts';
                      import { main } from './host/main.ts';
                      import { commandTable } from './shell/command-table.ts';
                      main(commandTable(cmdlets).find(process.argv[2]), process, cmdlets);`;

mkdirSync('dist/vendor', { recursive: true });
mkdirSync('dist/commands', { recursive: true });
const rules = await compileConfigurationValidator();
const [{ catalogue, completion, traditionalChinese }] = await Promise.all([
  readDefinitions(),
  buildCmdlets(),
  buildVendors(),
]);
replace('dist/catalogue.json', JSON.stringify(catalogue));
replace('dist/completion.json', JSON.stringify(completion));
replace('dist/zh-tw.json', JSON.stringify(traditionalChinese));
await buildDispatcher();
for (const name of readdirSync('dist/commands')) {
  if (![...bundles.filter((each) => !carriers.includes(each)), carrier].includes(name.replace(/\.cjs$/, '')))
    rmSync(path.join('dist/commands', name), { force: true });
}

/** Each entry is a cmdlet file with the host around it. */
async function buildCmdlets() {
  const entry = {
    name: 'cmdlet-entry',
    setup(context) {
      context.onResolve({ filter: /^cmdlet:/ }, ({ path }) => ({ path, namespace: 'cmdlet' }));
      context.onLoad({ filter: /.*/, namespace: 'cmdlet' }, ({ path }) => ({
        contents: path === `cmdlet:${carrier}` ? carrierEntry : cmdletEntry(path.slice('cmdlet:'.length)),
        resolveDir: commands,
      }));
    },
  };
  const bundle = async (names) => {
    const entryPoints = names.map((name) => ({ in: `cmdlet:${name}`, out: name }));
    const options = {
      entryPoints,
      outdir: 'dist/commands',
      outExtension: { '.js': '.cjs' },
      plugins: [entry, vendor, late, lateValidator, lateTable],
    };
    await write(options);
  };
  const built = [...bundles.filter((name) => !carriers.includes(name)), carrier];
  try {
    await bundle(built);
  } catch {
    // One broken file leaves the other cmdlets usable.
    process.exitCode = 1;
    for (const name of built) await bundle([name]).catch(() => process.stderr.write(`${name} is not built.\n`));
  }
}

/** Every definition of the manifest as data. What cmdlets load late is not needed for that. */
async function readDefinitions() {
  const outfile = `dist/manifest.${process.pid}.mjs`;
  const late = {
    name: 'late',
    setup: (context) =>
      context.onResolve({ filter: /^\./ }, ({ kind, path }) =>
        kind === 'dynamic-import' ? { path, external: true } : undefined,
      ),
  };
  const contents = `import { cmdlets } from './index.ts';
                    import { describeCmdlet } from './host/cmdlet.ts';
                    import { describeDefinitions } from './completion/describe-definitions.ts';
                    import { packDefinitions } from './completion/packed-definitions.ts';
                    export { traditionalChinese } from './zh-tw/catalogue.ts';
                    export const catalogue = cmdlets.map(describeCmdlet);
                    export const completion = packDefinitions(describeDefinitions(cmdlets));`;
  const esm = { bundle: true, packages: 'external', platform: 'node', format: 'esm', logLevel: 'warning' };
  try {
    await build({ ...esm, stdin: { contents, resolveDir: commands }, outfile, plugins: [late] });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

async function buildDispatcher() {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const table = { version, bundles: Object.fromEntries(catalogue.flatMap(namesOf)) };
  const contents = `import { dispatch } from './host/dispatch.ts';
                    const table = ${JSON.stringify(table)};
                    const { noCmdlet, completeLine, firstPage } = require(dispatch(process.argv, table));
                    noCmdlet?.(process, table);
                    completeLine?.(process, __dirname);
                    firstPage?.(process, table.version);`;
  const entryPoints = {
    'no-cmdlet': `${commands}/host/no-cmdlet.ts`,
    'complete-line': `${commands}/completion/complete-line.ts`,
    'first-page': `${commands}/host/first-page.ts`,
  };
  await write({ entryPoints, outdir: 'dist', outExtension: { '.js': '.cjs' }, plugins: [late] });
  await write({ stdin: { contents, resolveDir: commands }, outfile: 'dist/xgw.cjs' });
}

/** The file of Get-EventLog is get-event-log.ts. */
function namesOf({ name, aliases = [] }) {
  const bundle = bundles.find((each) => each.replaceAll('-', '') === name.replaceAll('-', '').toLowerCase());
  if (bundle === undefined) throw new Error(`${name} has no file of its name in ${commands}.`);
  const file = carriers.includes(bundle) ? carrier : bundle;
  return [name, ...aliases].map((each) => [each.toLowerCase(), file]);
}

/** A vendor file is what its package exports: by default, or by name. */
async function buildVendors() {
  const one = (name) => {
    const contents = `const all = require('${name}'); module.exports = all.default ?? all;`;
    return write({ stdin: { contents, resolveDir: '.' }, outfile: `dist/${vendorFile(name)}` });
  };
  await Promise.all([...vendors, 'cli-table3'].map(one));
}

async function write(options) {
  for (const { path, contents } of (await build({ ...cjs, ...options })).outputFiles) replace(path, contents);
}

function replace(file, contents) {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, contents);
  renameSync(next, file);
}
