/**
 * Writes what is made from the definitions: docs/cmdlets.md, docs/troubleshooting.md, the sentences to translate and the list
 * of manual pages in package.json, which are committed, and the manual pages in dist/man, which are made when the package is packed.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const root = path.dirname(import.meta.dirname);
const description = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const { version } = description;
const { cmdletsPage, troubleshootingPage, textsToTranslate, manPages, catalogue, topics } = await definitions();
writeFileSync(path.join(root, 'docs/cmdlets.md'), cmdletsPage(catalogue));
writeFileSync(path.join(root, 'docs/troubleshooting.md'), troubleshootingPage());
const sentences = `${JSON.stringify(textsToTranslate(catalogue), undefined, 2)}\n`;
writeFileSync(path.join(root, 'src/commands/zh-tw/english.json'), sentences);
const manual = path.join(root, 'dist/man');
rmSync(manual, { recursive: true, force: true });
mkdirSync(manual, { recursive: true });
const pages = manPages({ version, cmdlets: catalogue, topics });
for (const { file, text } of pages) writeFileSync(path.join(manual, file), text);
// npm links the manual pages that are listed, one by one; `directories.man` it does not look at.
const listed = { ...description, man: pages.map(({ file }) => `dist/man/${file}`) };
writeFileSync(path.join(root, 'package.json'), `${JSON.stringify(listed, undefined, 2)}\n`);

/** The sources as one module. What cmdlets load late is not needed. */
async function definitions() {
  const outfile = path.join(root, `dist/documentation.${process.pid}.mjs`);
  const contents = `import { cmdlets } from './index.ts';
                    import { describeCmdlet } from './host/cmdlet.ts';
                    export const catalogue = cmdlets.map(describeCmdlet);
                    export { aboutTopics as topics } from './host/about-topics.ts';
                    export { cmdletsPage } from './documentation/cmdlets-page.ts';
                    export { troubleshootingPage } from './documentation/troubleshooting-page.ts';
                    export { textsToTranslate } from './documentation/texts-to-translate.ts';
                    export { manPages } from './documentation/man-page.ts';`;
  const late = {
    name: 'late',
    setup: (context) =>
      context.onResolve({ filter: /^\./ }, ({ kind, path: file }) =>
        kind === 'dynamic-import' ? { path: file, external: true } : undefined,
      ),
  };
  const options = { bundle: true, packages: 'external', platform: 'node', format: 'esm', logLevel: 'warning' };
  const stdin = { contents, resolveDir: path.join(root, 'src/commands') };
  try {
    await build({ ...options, absWorkingDir: root, stdin, outfile, plugins: [late] });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}
