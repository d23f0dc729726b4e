import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';

const SAMPLE = path.resolve(import.meta.dirname, '../clients/manifest.json');

/** What is read of a manifest before the provider itself reads and checks it whole. */
export interface Declared {
  file: string;
  code: string;
  clientId: string;
  secretName: string;
  secret: string;
  /** Where its own addresses begin, for the placeholders that nobody set. */
  loginUri: string | undefined;
}

export interface Settings {
  port: number;
  /** Of the page beside it. */
  pagePort: number;
  issuer: string;
  manifests: Declared[];
  /** What the manifests' placeholders stand for. */
  environment: NodeJS.ProcessEnv;
}

/**
 * `[--manifest FILE]... [--port 3000] [--page-port 3001]`; without a manifest that of `examples/clients`.
 * @throws ConfigurationError in one sentence
 */
export function readSettings(args: string[], environment: NodeJS.ProcessEnv): Settings {
  const { values } = parseArgs({
    args,
    options: {
      manifest: { type: 'string', multiple: true },
      port: { type: 'string', default: '3000' },
      'page-port': { type: 'string' },
    },
  });
  const port = portOf('--port', values.port);
  const pagePort = portOf('--page-port', values['page-port'] ?? String(port + 1));
  if (environment['NODE_ENV'] === 'production') {
    throw new ConfigurationError('The local provider is for development: it never runs in production.');
  }
  const origin = environment['CLIENT_ORIGIN'] ?? 'http://localhost:5000';
  const filled = {
    CLIENT_ORIGIN: origin,
    CLIENT_CALLBACK_URI: `${origin}/callback`,
    CLIENT_LOGOUT_URI: `${origin}/backchannel-logout`,
    BROWSER_ORIGIN: origin,
    ...environment,
  };
  const files = (values.manifest ?? [SAMPLE]).map((file) => path.resolve(file));
  const manifests = files.map((file) => readDeclared(file, filled));
  const secrets = manifests.map(({ secretName, secret }) => [secretName, secret]);
  return {
    ...{ port, pagePort },
    issuer: `http://localhost:${port}`,
    manifests,
    environment: { ...filled, ...(Object.fromEntries(secrets) as Record<string, string>) },
  };
}

function portOf(name: string, value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new ConfigurationError(`${name}: a number up to 65535`);
}

function readDeclared(file: string, environment: NodeJS.ProcessEnv): Declared {
  let manifest: { code?: string; client?: { client_id?: string; initiate_login_uri?: string } };
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8')) as typeof manifest;
  } catch {
    throw new ConfigurationError(`${file} cannot be read as JSON.`);
  }
  const { code = '', client: { client_id: clientId = '', initiate_login_uri: loginUri } = {} } = manifest;
  const secretName = `CLIENT_SECRET_${clientId.toUpperCase().replaceAll('-', '_')}`;
  // the same at every start, so that a client under development need not be told again
  const secret = environment[secretName] ?? `only-for-development-${clientId}-secret`;
  const fill = (text: string): string =>
    text.replace(/\$\{([A-Z0-9_]+)\}/g, (whole, name: string) => environment[name] ?? whole);
  return { file, code, clientId, secretName, secret, loginUri: loginUri && fill(loginUri) };
}
