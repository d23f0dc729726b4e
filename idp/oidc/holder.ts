import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { Db } from '#db/idp/tables.ts';
import { callerAddress } from '#kit/http/request.ts';
import { recordOf } from '#kit/telemetry/request-record.ts';
import { loadKeySnapshot, loadRetiredKeys } from '../signing-keys/index.ts';
import { PublicDocuments } from './documents.ts';
import { hostOf, takeCertificate } from './mutual-tls.ts';
import { buildProvider } from './provider.ts';
import { refuseUnstorable } from './storage/unstorable.ts';
import type { OidcDeps } from './types.ts';

/** The Provider in use. Requests under way finish on the one they began with. */
export interface ProviderHolder {
  readonly current: Provider;
  handle(req: IncomingMessage, res: ServerResponse): void;
  /** Builds and swaps in another Provider when the published keys are others than before. */
  refresh(): Promise<void>;
  /** Names the keys in use and their states. */
  readonly stamp: string;
}

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;

/** @param db where keys are looked up now and later */
export async function createProviderHolder(given: OidcDeps, db: Db): Promise<ProviderHolder> {
  const deps = { ...given, database: refuseUnstorable(given.database) };
  const keyDeps = { db, clock: deps.clock, keyring: deps.keyring };
  const newDocuments = (): PublicDocuments =>
    new PublicDocuments(deps.config.secure, deps.config.keys.jwksMaxAgeSeconds, () => deps.registry.changes);
  const first = await loadKeySnapshot(keyDeps);
  let { stamp } = first;
  let { newest } = first;
  let [begun, applied] = [0, 0];
  let documents = newDocuments();
  let current = buildProvider(deps, { keys: first, retired: await loadRetiredKeys(keyDeps) }, documents);
  let handler: Handler = current.callback();
  const issuer = new URL(deps.config.issuer);

  return {
    get current() {
      return current;
    },
    get stamp() {
      return stamp;
    },
    handle(req, res) {
      if (req.url === '/oidc/jwks' && req.method === 'GET') {
        const address = callerAddress(req, deps.config.trustedProxyHops);
        for (const kid of newest) deps.evidence?.sawFetch(address, kid);
      }
      takeCertificate(deps, req);
      if (documents.answer(req, res)) {
        recordOf(req).route = req.url ?? '';
        return;
      }
      // No URL is ever derived from what a caller says about the host: the issuer's own name is written over it.
      req.headers.host = hostOf(deps, issuer, req);
      delete req.headers['x-forwarded-host'];
      req.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
      void handler(req, res);
    },
    async refresh() {
      const turn = (begun += 1);
      const next = await loadKeySnapshot(keyDeps);
      if (next.stamp === stamp) return;
      const retired = await loadRetiredKeys(keyDeps);
      if (turn < applied) return; // what was read later counts
      applied = turn;
      const answers = newDocuments();
      const built = buildProvider(deps, { keys: next, retired }, answers);
      current = built;
      documents = answers;
      handler = built.callback();
      stamp = next.stamp;
      newest = next.newest;
      deps.log.info({ keys: next.keys.map((key) => key.kid) }, 'signing keys changed');
    },
  };
}
