import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { LaunchOptions } from 'playwright-core';

const CACHE = path.resolve(import.meta.dirname, '../../node_modules/.cache');

/**
 * What playwright-core needs to launch the Chromium that `npm ci` brought, unpacked at first use into a folder
 * of its own version. `CHROMIUM_PATH` names another browser instead.
 *
 * The package's own unpacking is not used: it takes whatever lies in the fixed /tmp/chromium, and two test
 * workers starting at once would run a half-written file.
 */
export function chromium(): LaunchOptions {
  const own = process.env['CHROMIUM_PATH'];
  if (own !== undefined) return { executablePath: own, args: ['--no-sandbox'] };

  const packageDir = path.dirname(
    path.dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')),
  );
  const { version } = JSON.parse(readFileSync(path.join(packageDir, 'package.json'), 'utf8')) as {
    version: string;
  };
  const folder = path.join(CACHE, `chromium-${version}`);
  if (!existsSync(folder)) unpack(path.join(packageDir, 'bin'), folder);
  return {
    executablePath: path.join(folder, 'chromium'),
    // the archive carries the NSS libraries that a bare machine lacks
    env: { ...definedEnvironment(), LD_LIBRARY_PATH: path.join(folder, 'lib') },
    args: [
      '--no-sandbox', // the sandbox needs user namespaces, which containers often forbid
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  };
}

/** Unpacks into a private folder and renames it: whoever comes first wins, nobody sees half of it. */
function unpack(archives: string, folder: string): void {
  mkdirSync(CACHE, { recursive: true });
  const partial = mkdtempSync(`${folder}.`);
  try {
    const browser = brotliDecompressSync(readFileSync(path.join(archives, 'chromium.br')));
    writeFileSync(path.join(partial, 'chromium'), browser, { mode: 0o755 });
    const libraries = brotliDecompressSync(readFileSync(path.join(archives, 'al2023.tar.br')));
    const tar = spawnSync('tar', ['-x', '-C', partial], { input: libraries });
    if (tar.status !== 0) throw new Error(`tar could not unpack Chromium's libraries: ${String(tar.stderr)}`);
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // else another process was faster
  }
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
