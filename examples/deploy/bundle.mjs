// Joins what each program loads into a few files, so that it starts in half the time and takes a quarter less memory:
//   node examples/deploy/bundle.mjs [FOLDER]      makes FOLDER/idp.mjs and FOLDER/mch-app.mjs; FOLDER is dist
// Templates, texts, native modules and the processes they start are still read from where they stand in the sources, so
// FOLDER goes beside them. Nothing is shortened; `where.mjs` leads from a line of a stack to the source.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '../..');
const folder = path.resolve(ROOT, process.argv[2] ?? 'dist');

/** A joined file no longer stands where its sources did; what they find by where they stand is found from the top. */
const HEADER = `import { createRequire as createRequireOfBundle } from 'node:module';
import { join as joinOfBundle } from 'node:path';
import { pathToFileURL as urlOfBundle } from 'node:url';
const require = createRequireOfBundle(import.meta.url);
const placeInBundle = (file) => joinOfBundle(import.meta.dirname, ${JSON.stringify(path.relative(folder, ROOT))}, file);`;
const PLACES = [
  [/\bimport\.meta\.url\b/g, (file) => `urlOfBundle(placeInBundle(${file})).href`],
  [/\bimport\.meta\.filename\b|\b__filename\b/g, (file) => `placeInBundle(${file})`],
  [/\bimport\.meta\.dirname\b|\b__dirname\b/g, (file) => `placeInBundle(${file} + '/..')`],
];
const keepPlaces = {
  name: 'keep places',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]s$/ }, ({ path: file }) => {
      const source = readFileSync(file, 'utf8');
      const place = JSON.stringify(path.relative(ROOT, file).replaceAll(path.sep, '/'));
      const contents = PLACES.reduce(
        (text, [pattern, expression]) => text.replace(pattern, () => expression(place)),
        source,
      );
      return contents === source ? undefined : { contents, loader: file.endsWith('ts') ? 'ts' : 'js' };
    });
  },
};

/** Of two classes of one name in one file, one is renamed; ours and the library's are known by theirs. */
const OWN = /^\/\/ (?:\.\.\/)*(?:idp|mch-app|kit|db|templates|node_modules\/oidc-provider)\//;

function requireNames(file) {
  let isOwn = false;
  for (const line of readFileSync(path.join(folder, file), 'utf8').split('\n')) {
    if (line.startsWith('// ')) isOwn = OWN.test(line);
    const renamed = isOwn && /\bclass (\w*[A-Za-z]\d)\b/.exec(line)?.[1];
    if (renamed) throw new Error(`${file}: a class was renamed to ${renamed}; give it a name of its own`);
  }
}

/** Of a file with one character beyond Latin-1, V8 keeps every character as two bytes; esbuild leaves some in patterns and comments. */
function keepToAscii(file) {
  const place = path.join(folder, file);
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  // without the flag u each half of a pair is found by itself, and two escapes are a pair again
  writeFileSync(place, readFileSync(place, 'utf8').replace(/[\u0080-\uffff]/g, escaped));
}

rmSync(folder, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: { idp: 'idp/main.ts', 'mch-app': 'mch-app/main.ts' },
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'part-[hash]',
  ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node24' },
  external: ['argon2', 'koffi', 'pg-native'],
  ...{ sourcemap: true, sourcesContent: false, legalComments: 'none', logLevel: 'error' },
  banner: { js: HEADER },
  plugins: [keepPlaces],
});
for (const file of readdirSync(folder).filter((name) => name.endsWith('.mjs'))) {
  requireNames(file);
  keepToAscii(file);
}
