import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Import {
  /** The file that imports, and what it imports: a path from the root, or an npm package or node: module. */
  from: string;
  to: string;
  isPackage: boolean;
  isTypeOnly: boolean;
}

/** Every file under `folders` whose name ends in one of `endings`, as sorted paths from the root. */
export function listFiles(folders: string[], endings: string[]): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
        .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name))),
    )
    .sort();
}

export function readSource(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** The source without comments, strings kept. */
export function readCode(file: string): string {
  return readSource(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}

const STATEMENT = /^\s*(?:import|export)(\s+type)?\s(?:[\w$*{}\s,]*?\sfrom\s)?\s*['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g;

export function listImports(files: string[]): Import[] {
  return files.flatMap((file) => {
    const code = readCode(file);
    return [
      ...[...code.matchAll(STATEMENT)].map(([, type, target]) => toImport(file, target ?? '', Boolean(type))),
      ...[...code.matchAll(DYNAMIC)].map(([, target]) => toImport(file, target ?? '', false)),
    ];
  });
}

const ALIASES = (
  JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { imports: Record<string, string> }
).imports;

function toImport(from: string, target: string, isTypeOnly: boolean): Import {
  if (target.startsWith('.')) {
    return { from, to: path.join(path.dirname(from), target), isPackage: false, isTypeOnly };
  }
  for (const [alias, folder] of Object.entries(ALIASES)) {
    const prefix = alias.slice(0, -1);
    if (target.startsWith(prefix)) {
      const to = path.normalize(folder.slice(0, -1) + target.slice(prefix.length));
      return { from, to, isPackage: false, isTypeOnly };
    }
  }
  const parts = target.split('/');
  const name = target.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? target);
  return { from, to: name, isPackage: true, isTypeOnly };
}
