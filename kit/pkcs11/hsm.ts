import { ConfigurationError } from '../errors.ts';
import { HsmProcess } from './hsm-process.ts';
import type { TokenJob } from './process.ts';
import type { TokenAlgorithm, TokenKey } from './token.ts';

/** An RSA key takes many tries. */
const GENERATE_MS = 120_000;
/** The version the tests run with; no dependency, since few need it. */
const BINDING = 'koffi@3.3.4';

export interface HsmSettings {
  /** The vendor's PKCS #11 library. */
  modulePath: string;
  /** The token's label. */
  label: string;
  pin: string;
  /** How many sessions work at the same time, each in a process of its own. */
  sessions: number;
  timeoutMs: number;
  /** Environment variables the vendor's library wants; it sees no other. */
  environment: Record<string, string>;
}

/** A PKCS #11 token that makes keys and signs with them; their private halves never leave it. */
export interface Hsm {
  generate(alg: TokenAlgorithm, label: string): Promise<TokenKey>;
  sign(reference: string, alg: TokenAlgorithm, input: Uint8Array): Promise<Uint8Array>;
  /** Takes a key out of the token for ever. */
  destroy(reference: string): Promise<void>;
  /** Whether the token answers: asked anew each time. @throws HsmError when it does not */
  check(): Promise<void>;
  /** What went wrong when it was checked last; undefined while all is well. */
  readonly fault: string | undefined;
}

/** Nothing is loaded and no process started before the first deed. */
export function createHsm(settings: HsmSettings): Hsm {
  const { modulePath, label, pin, timeoutMs } = settings;
  const processes: (HsmProcess | undefined)[] = Array.from({ length: settings.sessions });
  let fault: string | undefined;

  const start = (limitMs: number): HsmProcess => {
    const started = new HsmProcess({ timeoutMs: limitMs, environment: settings.environment });
    // the answers come in order: when this one fails, so will what is asked after it, and say why
    started.ask({ name: 'open', modulePath, label, pin }).catch((error: unknown) => started.end(error));
    return started;
  };
  /** The process with the least to do: one whose call hangs is passed over. */
  const leastBusy = (): HsmProcess => {
    const sizes = processes.map((process) => (process?.ended === false ? process.busy : 0));
    const place = sizes.indexOf(Math.min(...sizes));
    const living = processes[place];
    if (living?.ended === false) return living;
    const started = start(timeoutMs);
    processes[place] = started;
    return started;
  };
  const ask = async <T>(deed: TokenJob['deed']): Promise<T> => {
    await requireBinding();
    return (await leastBusy().ask(deed)) as T;
  };

  return {
    async generate(alg, name) {
      await requireBinding();
      // it may take long, and nobody who wants a signature waits behind it
      const maker = start(Math.max(timeoutMs, GENERATE_MS));
      try {
        return (await maker.ask({ name: 'generate', alg, label: name })) as TokenKey;
      } finally {
        maker.end(new Error('done'));
      }
    },
    sign: (reference, alg, input) => ask({ name: 'sign', reference, alg, input }),
    destroy: (reference) => ask({ name: 'destroy', reference }),
    async check() {
      try {
        await ask({ name: 'check' });
        fault = undefined;
      } catch (error) {
        fault = (error as Error).message;
        throw error;
      }
    },
    get fault() {
      return fault;
    },
  };
}

/** @throws ConfigurationError when the binding, which few need, is not installed */
async function requireBinding(): Promise<void> {
  await import('koffi').catch((cause: unknown) => {
    const how = `npm install --no-save --ignore-scripts ${BINDING}`;
    const message = `An HSM needs a package that is not installed: ${how}`;
    throw Object.assign(new ConfigurationError(message), { cause });
  });
}
