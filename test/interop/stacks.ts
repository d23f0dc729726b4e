import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { needPackages } from '../faults/debian.ts';

export interface Stack {
  name: string;
  /** Its one command, and where it is run. */
  command: string[];
  folder: string;
  /** @returns why it cannot run here; undefined when it can */
  missing(): string | undefined;
  /** Where it receives the back-channel logout, from its origin; undefined where it receives none. */
  logoutPath: string | undefined;
  switches: boolean;
  /** It sends only what says it is a browser's own navigation to sign in. */
  forBrowsersOnly?: true;
}

const FOLDER = path.resolve(import.meta.dirname, '../../examples/clients');
const LOGOUT = '/backchannel-logout';

function lacks(program: string, ...args: string[]): string | undefined {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${program} is not there`;
  }
}

function lacksDebian(...packages: string[]): string | undefined {
  try {
    needPackages(...packages);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export const STACKS: Stack[] = [
  {
    name: 'Python: Flask and Authlib',
    folder: path.join(FOLDER, 'python'),
    command: ['sh', 'run.sh'],
    missing: () => lacks('python3', '-c', 'import venv, ensurepip'),
    ...{ logoutPath: LOGOUT, switches: true },
  },
  {
    name: 'Go: go-oidc',
    folder: path.join(FOLDER, 'go'),
    command: ['go', 'run', '.'],
    missing: () => lacks('go', 'version'),
    ...{ logoutPath: LOGOUT, switches: true },
  },
  {
    name: 'Java: Nimbus',
    folder: path.join(FOLDER, 'java'),
    command: ['mvn', '-q', '-B', 'compile', 'exec:java'],
    missing: () => lacks('mvn', '-v'),
    ...{ logoutPath: LOGOUT, switches: true },
  },
  {
    name: 'Apache: mod_auth_openidc',
    folder: path.join(FOLDER, 'apache'),
    command: ['sh', 'run.sh'],
    missing: () => lacksDebian('apache2-bin', 'libapache2-mod-auth-openidc'),
    ...{ logoutPath: '/callback?logout=backchannel', switches: false, forBrowsersOnly: true },
  },
  {
    name: 'oauth2-proxy',
    folder: path.join(FOLDER, 'oauth2-proxy'),
    command: ['sh', 'run.sh'],
    missing: () => lacks('oauth2-proxy', '--version'),
    ...{ logoutPath: undefined, switches: false },
  },
];
