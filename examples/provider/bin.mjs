#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

/*
 * The local provider as a command of the installed package: `npx single-entry-provider --manifest my.json`. It brings
 * its own Node where the caller's is older.
 */
const require = createRequire(import.meta.url);
const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);

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

const strip = new URL('./strip.mjs', import.meta.url).href;
const child = spawn(findNode(), [path.join(here, 'main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import=${strip}` },
});
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
child.once('exit', (code) => process.exit(code ?? 1));
