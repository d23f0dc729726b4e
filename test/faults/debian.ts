import { execFileSync, spawnSync } from 'node:child_process';

/**
 * Makes sure that these Debian packages are there: as root it installs those that are not.
 * @throws Error in one sentence that names what is missing
 */
export function needPackages(...packages: string[]): void {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  if (process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
      env,
      stdio: 'ignore',
    });
  }
  const still = missing.filter((name) => !isInstalled(name));
  if (still.length > 0)
    throw new Error(`Install Debian's ${still.join(', ')} first: apt-get install ${still.join(' ')}`);
}

function isInstalled(name: string): boolean {
  try {
    const status = execFileSync('dpkg-query', ['-W', '-f', '${Status}', name], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return status.toString() === 'install ok installed';
  } catch {
    return false;
  }
}
