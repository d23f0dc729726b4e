import { setTimeout as pause } from 'node:timers/promises';
import {
  type CompactJWSHeaderParameters,
  type CompactVerifyGetKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  createLocalJWKSet,
  errors,
} from 'jose';
import { z } from 'zod';
import { type Clock, SECOND } from '#kit/clock.ts';

/** A set older than this is asked for again before it is used: so long, and no longer, is a revoked key believed. */
const FRESH_MS = 20 * SECOND;
/** While none can be had the old one serves on up to this age. */
const OLDEST_MS = 50 * SECOND;
/** Between two looks, however many tokens name a key that is not in the set. */
const COOL_DOWN_MS = 5 * SECOND;
const TIMEOUT_MS = 5 * SECOND;
/** The first look may meet a replica that has not heard of the newest key yet; the second comes a cool-down later. */
const PATIENT_LOOKS = 2;

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

export type Fetch = (url: string, init: object) => Promise<Response>;

/** The single entry's public keys, as its JWKS gives them. */
export interface IssuerKeys {
  /** For a token that anybody may have sent: an unknown key is looked for, but not within the cool-down. */
  find: CompactVerifyGetKey;
  /** For a token that the single entry itself gave us just now: waits until its key may be looked for. */
  await: CompactVerifyGetKey;
}

interface KnownSet {
  find: ReturnType<typeof createLocalJWKSet>;
  at: number;
  etag: string | null;
}

/**
 * Keeps the JWKS for a short while. One look is under way at a time, whoever asks.
 * @param findUri where it is, as the metadata says
 * @param call fetches
 */
export function createIssuerKeys(findUri: () => Promise<string>, clock: Clock, call: Fetch): IssuerKeys {
  let known: KnownSet | undefined;
  let triedAt = -Infinity;
  let pending: Promise<void> | undefined;

  const age = (since: number): number => {
    const passed = clock().getTime() - since;
    return passed < 0 ? Infinity : passed; // the clock was put back
  };
  const look = (): Promise<void> => {
    pending ??= fetchKeys({ findUri, clock, call }, known)
      .then((found) => void (known = found))
      .finally(() => {
        triedAt = clock().getTime();
        pending = undefined;
      });
    return pending;
  };
  const current = async (): Promise<KnownSet> => {
    if (!known || age(known.at) > FRESH_MS) {
      const mayLook = pending !== undefined || age(triedAt) > COOL_DOWN_MS || !known;
      const isUsable = known !== undefined && age(known.at) <= OLDEST_MS;
      if (mayLook) {
        await look().catch((error: unknown) => {
          if (!isUsable) throw error;
        });
      } else if (!isUsable) throw new Error('the keys could not be had');
    }
    if (!known) throw new Error('the keys could not be had');
    return known;
  };
  const resolve =
    (isPatient: boolean): CompactVerifyGetKey =>
    async (header: CompactJWSHeaderParameters, token: FlattenedJWSInput) => {
      let from = await current();
      for (let looks = isPatient ? PATIENT_LOOKS : 1; ; looks -= 1) {
        try {
          return await from.find(header, token);
        } catch (error) {
          if (looks === 0 || !(error instanceof errors.JWKSNoMatchingKey)) throw error;
          const wait = pending ? 0 : COOL_DOWN_MS - age(triedAt);
          if (wait > 0 && !isPatient) throw error;
          if (wait > 0) await pause(wait);
          if (known === from) await look(); // unless another has looked meanwhile
          from = known ?? from;
        }
      }
    };
  return { find: resolve(false), await: resolve(true) };
}

/** @throws Error when nothing usable comes */
async function fetchKeys(
  { findUri, clock, call }: { findUri: () => Promise<string>; clock: Clock; call: Fetch },
  known: KnownSet | undefined,
): Promise<KnownSet> {
  const at = clock().getTime();
  const response = await call(await findUri(), {
    redirect: 'error',
    // no cache in between may tell us of yesterday
    headers: {
      accept: 'application/json',
      'cache-control': 'no-cache',
      ...(known?.etag && { 'if-none-match': known.etag }),
    },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 304 && known) return { ...known, at };
  if (response.status !== 200) throw new Error(`the JWKS was answered with ${response.status}`);
  const keys = keySet.parse(await response.json()) as JSONWebKeySet;
  return { find: createLocalJWKSet(keys), at, etag: response.headers.get('etag') };
}
