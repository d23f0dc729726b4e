import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Release {
  commit: string;
  /** Absolute path of one of its programs, such as `idp/main.ts`. */
  program(file: string): string;
  remove(): void;
}

/**
 * The release before this one, in a folder of its own with this one's packages.
 * @throws Error when the repository does not hold its commit
 */
export function checkOutPreviousRelease(): Release {
  const lines = readFileSync(path.join(ROOT, 'test/faults/previous-release'), 'utf8').split('\n');
  const commit = lines.find((line) => /^[0-9a-f]{40}$/.test(line)) ?? '';
  const folder = mkdtempSync(path.join(tmpdir(), 'single-entry-release-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const files = git('archive', '--format=tar', commit, 'idp', 'kit', 'db', 'templates', 'package.json');
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-x', '-C', folder], { input: files });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  } catch (error) {
    remove();
    throw new Error(
      `The previous release ${commit} cannot be checked out. The whole history is needed: ` +
        'git fetch --unshallow, or a checkout with fetch-depth 0.',
      { cause: error },
    );
  }
  return { commit, program: (file) => path.join(folder, file), remove };
}

function git(...args: string[]): Buffer {
  return execFileSync('git', args, {
    cwd: ROOT,
    maxBuffer: 512 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
