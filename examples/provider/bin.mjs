#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * The local provider as a command of the package: `npx single-entry-provider --manifest my.json`. It brings its own Node
 * where the caller's is older. Node runs no TypeScript below a node_modules folder, so an installed package is run from a
 * copy beside it, gone at the end.
 */
const root = path.resolve(path.dirname(realpathSync(fileURLToPath(import.meta.url))), '../..');
const require = createRequire(import.meta.url);

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  try {
    const manifest = require.resolve(`node-${process.platform}-${process.arch}/package.json`);
    return path.join(path.dirname(manifest), 'bin', 'node');
  } catch {
    process.stderr.write('Node 24 or newer is needed.\n');
    process.exit(1);
  }
}

/** The folder to run from, and what to do in the end. */
function place() {
  const above = path.dirname(root);
  if (path.basename(above) !== 'node_modules') return { folder: root, leave: () => {} };
  const folder = mkdtempSync(path.join(tmpdir(), 'single-entry-provider-'));
  for (const part of ['package.json', 'idp', 'kit', 'db', 'templates', 'examples']) {
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  }
  symlinkSync(above, path.join(folder, 'node_modules'));
  return { folder, leave: () => rmSync(folder, { recursive: true, force: true }) };
}

const { folder, leave } = place();
const flags = ['--disable-warning=ExperimentalWarning', path.join(folder, 'examples/provider/main.ts')];
const child = spawn(findNode(), [...flags, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
child.once('exit', (code) => {
  leave();
  process.exit(code ?? 1);
});
