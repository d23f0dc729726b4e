import { setTimeout as sleep } from 'node:timers/promises';
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, jwtVerify } from 'jose';
import { Connection } from '../../bench/connection.ts';
import type { Ledger } from './ledger.ts';

export interface Verifications {
  verified: number;
  failed: string[];
  /** The keys that signed. */
  kids: Set<string>;
}

/**
 * Verifies every ID token of the load as it comes, as relying parties would that keep the JWKS as long as they may and
 * never ask again for an unknown key before.
 * @param caches one relying party for each address: what it fetches is evidence for clients at that address
 */
export function verifyTokens(
  ledger: Ledger,
  of: { issuer: string; maxAgeSeconds: number; caches: string[] },
): { seen: Verifications; stop(): Promise<void> } {
  const seen: Verifications = { verified: 0, failed: [], kids: new Set() };
  const caches = of.caches.map((localAddress) => jwksFrom(of.issuer, localAddress, of.maxAgeSeconds));
  let stopped = false;
  let next = 0;
  const check = async (token: string, at: number): Promise<void> => {
    const { kid = '' } = decodeProtectedHeader(token);
    const results = await Promise.allSettled(
      caches.map((keys) => jwtVerify(token, keys, { issuer: of.issuer, clockTolerance: 30 })),
    );
    for (const result of results) {
      if (result.status === 'fulfilled') seen.verified += 1;
      else seen.failed.push(`${kid} issued at ${at.toFixed(0)} ms: ${String(result.reason)}`);
    }
    seen.kids.add(kid);
  };
  const working = (async () => {
    const pending = new Set<Ledger['uses'][number]>();
    for (;;) {
      const isLast = stopped;
      for (; next < ledger.uses.length; next += 1) {
        const use = ledger.uses[next];
        if (use) pending.add(use);
      }
      const answered = [...pending].filter(({ done }) => done !== 'unknown');
      for (const use of answered) pending.delete(use);
      await Promise.all(
        answered.flatMap(({ issued, at }) => {
          const token = (issued as { id_token?: string } | undefined)?.id_token;
          return token === undefined ? [] : [check(token, at)];
        }),
      );
      if (isLast) return;
      await sleep(20);
    }
  })();
  return {
    seen,
    stop() {
      stopped = true;
      return working;
    },
  };
}

function jwksFrom(issuer: string, localAddress: string, maxAgeSeconds: number) {
  const connection = new Connection(issuer, { localAddress, timeoutMs: 10_000 });
  const fetchKeys = async (url: string): Promise<Response> => {
    const { status, body } = await connection.send(new URL(url).pathname);
    return new Response(body, { status });
  };
  return createRemoteJWKSet(new URL('/oidc/jwks', issuer), {
    cacheMaxAge: maxAgeSeconds * 1000,
    cooldownDuration: 600_000,
    [customFetch]: fetchKeys,
  });
}
