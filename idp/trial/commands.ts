import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';
import type { Locale } from '#kit/http/locale.ts';
import { readSecretSources } from '#kit/secret-sources.ts';
import { translate } from '#templates/locales.ts';
import { type Manifest, describeFault, readManifest } from '../subsystems/index.ts';
import { play } from './service.ts';
import type { Narrator } from './types.ts';

const WAIT_SECONDS = 300;

export const TRIAL_USAGE = `  subsystems try CODE|FILE [--issuer URL] [--as LOGIN] [--account ID]   play the subsystem, from discovery to logout
`;

export interface TrialCommand {
  environment: NodeJS.ProcessEnv;
  /** Asked only when a code was given: a file needs no database. */
  manifestOf: (code: string) => Promise<Manifest | undefined>;
  /** Prints a line at once. */
  print: (line: string) => void;
}

/**
 * `idp subsystems try CODE|FILE`: every step with ✓, ✗ or –, and what to do; in Chinese where LANG says so.
 * @throws ConfigurationError when a step failed, or the manifest cannot be read
 */
export async function runTrial(command: TrialCommand, args: string[]): Promise<string> {
  const { environment, print } = command;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      issuer: { type: 'string' },
      as: { type: 'string' },
      account: { type: 'string' },
      page: { type: 'string' },
      wait: { type: 'string', default: String(WAIT_SECONDS) },
    },
  });
  const [what, ...more] = positionals;
  if (what === undefined || more.length > 0)
    throw new ConfigurationError('name one subsystem, or one manifest');
  const issuer = values.issuer ?? environment['IDP_ISSUER'] ?? 'http://localhost:3000';
  if (!URL.canParse(issuer)) throw new ConfigurationError(`--issuer: ${issuer} is no address`);
  const manifest = await manifestFrom(command, what);
  const name = `CLIENT_SECRET_${manifest.client.client_id.toUpperCase().replaceAll('-', '_')}`;
  const { values: secrets, faults } = readSecretSources([{ name }, { name: 'CLIENT_KEY' }], environment);
  const [fault] = faults;
  if (fault) throw new ConfigurationError(fault.message);

  const locale: Locale = /^zh/i.test(environment['LC_ALL'] ?? environment['LANG'] ?? '') ? 'zh-TW' : 'en';
  const page = new URL(issuer);
  page.port = String(Number(page.port || 80) + 1);
  const passed = await play(
    {
      ...{ issuer, manifest, secret: secrets[name], privateKey: secrets['CLIENT_KEY'] },
      ...{ as: values.as, account: values.account, page: values.page ?? page.href },
      waitMs: Number(values.wait) * 1000,
    },
    narratorIn(locale, print),
  );
  const verdict = translate(locale, passed ? 'trial.passed' : 'trial.failed', { code: manifest.code });
  if (!passed) throw new ConfigurationError(verdict);
  return verdict;
}

async function manifestFrom({ environment, manifestOf }: TrialCommand, what: string): Promise<Manifest> {
  if (!what.endsWith('.json')) {
    const manifest = await manifestOf(what);
    if (!manifest) throw new ConfigurationError(`there is no subsystem ${what}`);
    return manifest;
  }
  let text: string;
  try {
    text = readFileSync(what, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${what} cannot be read`, { cause: error });
  }
  const reading = readManifest(text, environment);
  if (reading.ok) return reading.manifest;
  throw new ConfigurationError(reading.faults.map((found) => `${what}: ${describeFault(found)}`).join('\n'));
}

function narratorIn(locale: Locale, print: (line: string) => void): Narrator {
  return {
    step(name, outcome) {
      const seen = outcome.mark === '✓' && outcome.seen !== undefined ? `  ${outcome.seen}` : '';
      print(`${outcome.mark} ${translate(locale, `trial.step-${name}`)}${seen}`);
      if (outcome.mark !== '✓')
        print(`  ${translate(locale, `trial.reason-${outcome.reason}`, outcome.params)}`);
    },
    say: (key, params) => print(`→ ${translate(locale, `trial.${key}`, params)}`),
  };
}
