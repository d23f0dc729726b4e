import { decodeJwt } from 'jose';
import { z } from 'zod';
import { type Clock, MINUTE, SECOND, after } from '#kit/clock.ts';
import { readAnswer } from '#kit/http/read-at-most.ts';
import type { Log } from '#kit/log.ts';

const FRESH_MS = 10 * MINUTE;
const RETRY_MS = 30 * SECOND;
const TIMEOUT_MS = 5 * SECOND;
const MOST_BYTES = 64 * 1024;

const endpoint = z.object({
  metadata: z.object({ federation_entity: z.object({ federation_trust_mark_endpoint: z.url() }) }),
});

export interface Mark {
  trust_mark_type: string;
  trust_mark: string;
}

export interface MarkDeps {
  /** Our own entity id. */
  subject: string;
  /** Who issues the marks, and which. */
  issuer: string;
  types: readonly string[];
  clock: Clock;
  log: Log;
  call: (url: string, init: RequestInit) => Promise<Response>;
}

/**
 * The trust marks we were given (OpenID Federation 1.0 §8.6), fetched from their issuer when first asked for, then
 * renewed behind the requests. While the issuer is away those at hand are shown until they end.
 */
export function keepMarks(deps: MarkDeps): () => Promise<Mark[]> {
  const { types, clock, log } = deps;
  let known: Mark[] | undefined;
  let pending: Promise<void> | undefined;
  let renewAt = new Date(0);

  const renew = (): Promise<void> => {
    pending ??= Promise.all(types.map((type) => fetchMark(deps, type)))
      .then((marks) => {
        known = marks;
        renewAt = after(clock(), FRESH_MS);
      })
      .catch((error: unknown) => {
        renewAt = after(clock(), RETRY_MS);
        log.warn({ err: error }, 'a trust mark cannot be had');
      })
      .finally(() => (pending = undefined));
    return pending;
  };

  return async () => {
    if (types.length === 0) return [];
    if (clock() >= renewAt) {
      const renewed = renew();
      if (!known) await renewed;
    }
    return (known ?? []).filter(({ trust_mark: mark }) => isInForce(mark, clock()));
  };
}

async function fetchMark({ subject, issuer, call }: MarkDeps, type: string): Promise<Mark> {
  const ask = async (url: string): Promise<string> => {
    const answer = await call(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (answer.status !== 200) throw new Error(`the issuer of trust marks answered with ${answer.status}`);
    return (await readAnswer(answer, MOST_BYTES)).trim();
  };
  const said = decodeJwt(await ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-federation`));
  const url = new URL(endpoint.parse(said).metadata.federation_entity.federation_trust_mark_endpoint);
  url.searchParams.set('trust_mark_type', type);
  url.searchParams.set('sub', subject);
  const mark = await ask(url.href);
  const { sub, trust_mark_type: given } = decodeJwt(mark);
  // who reads it verifies it; what is not ours would end our whole statement
  if (sub !== subject || given !== type) throw new Error('the issuer gave the trust mark of another');
  return { trust_mark_type: type, trust_mark: mark };
}

function isInForce(mark: string, now: Date): boolean {
  const { exp } = decodeJwt(mark);
  return exp === undefined || exp * 1000 > now.getTime();
}
