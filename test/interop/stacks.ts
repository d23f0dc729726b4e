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
  /** Where it takes the code, when that is not `/callback`. */
  callbackPath?: string;
  /** Where it receives the back-channel logout, from its origin; undefined where it receives none. */
  logoutPath: string | undefined;
  switches: boolean;
  /** What it is told beyond who it is and where the provider. */
  env?: NodeJS.ProcessEnv;
  /** Its form that signs out, or its address that does. */
  signOut: { form: string } | { address: (origin: string, issuer: string) => string };
  /** It sends only what says it is a browser's own navigation to sign in. */
  forBrowsersOnly?: true;
}

const FOLDER = path.resolve(import.meta.dirname, '../../examples/clients');
const LOGOUT = '/backchannel-logout';
const program = { logoutPath: LOGOUT, switches: true, signOut: { form: '/sign-out' } };

function lacks(name: string, ...args: string[]): string | undefined {
  try {
    execFileSync(name, args, { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${name} is not there`;
  }
}

/** Nothing fetches another toolchain on its own: one that is too old is told as such. */
function lacksGo(least: number): string | undefined {
  const absent = lacks('go', 'version');
  if (absent !== undefined) return absent;
  const said = execFileSync('go', ['env', 'GOVERSION']).toString().trim();
  return Number(/^go1\.(\d+)/.exec(said)?.[1] ?? 0) < least
    ? `Go 1.${least} is needed, ${said} is there`
    : undefined;
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
    ...program,
  },
  {
    name: 'Go: go-oidc',
    folder: path.join(FOLDER, 'go'),
    command: ['go', 'run', '.'],
    missing: () => lacksGo(26),
    ...program,
  },
  {
    name: 'Java: Nimbus',
    folder: path.join(FOLDER, 'java'),
    command: ['mvn', '-q', '-B', 'compile', 'exec:java'],
    missing: () => lacks('javac', '-version') ?? lacks('mvn', '-v'),
    ...program,
  },
  {
    name: 'Apache: mod_auth_openidc',
    folder: path.join(FOLDER, 'apache'),
    command: ['sh', 'run.sh'],
    missing: () => lacksDebian('apache2-bin', 'libapache2-mod-auth-openidc'),
    logoutPath: '/callback?logout=backchannel',
    switches: false,
    signOut: { address: (origin) => `${origin}/callback?logout=${encodeURIComponent(`${origin}/`)}` },
    forBrowsersOnly: true,
  },
  {
    name: 'oauth2-proxy',
    folder: path.join(FOLDER, 'oauth2-proxy'),
    command: ['sh', 'run.sh'],
    missing: () => (lacks('oauth2-proxy', '--version') === undefined ? undefined : lacksGo(24)),
    callbackPath: '/oauth2/callback',
    env: { OAUTH2_PROXY_COOKIE_REFRESH: '1s' },
    logoutPath: undefined,
    switches: false,
    signOut: {
      address: (origin, issuer) => {
        const there = new URL('/oidc/logout', issuer);
        there.searchParams.set('client_id', 'sample-app');
        there.searchParams.set('post_logout_redirect_uri', `${origin}/`);
        return `${origin}/oauth2/sign_out?rd=${encodeURIComponent(there.href)}`;
      },
    },
  },
];
