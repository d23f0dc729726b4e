import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeJwt } from 'jose';
import { sql } from 'kysely';
import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { serve } from '#kit/http/serve.ts';
import { federatedManifest, makePrivateKeys } from '#mch/federation/index.ts';
import mchManifest from '#mch/manifest.json' with { type: 'json' };
import { startFederation } from './authorities.ts';
import { eventually } from './eventually.ts';
import { freePort, startReplica } from './replica.ts';
import { type World, startWorld } from './world.ts';

export const CONFIGURATION = '/.well-known/openid-federation';

/** What the ministry lets relying parties be. */
export const POLICY = {
  openid_relying_party: {
    token_endpoint_auth_method: { one_of: ['private_key_jwt'], essential: true },
    scope: { subset_of: mchManifest.client.scope.split(' ') },
    grant_types: { subset_of: mchManifest.client.grant_types },
  },
};

/**
 * The MCH system running as a client by its chain of trust: the ministry's anchor, a county below it, MCH below that.
 * What MCH publishes of itself goes through here, so that it can be answered with something else.
 */
export async function startChainedMch(env: NodeJS.ProcessEnv = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'federation-'));
  const federation = await startFederation(() => new Date(), POLICY);
  const world: World = await startWorld();
  const origin = world.origins.mch;
  const port = await freePort();
  const [federationKeys, clientKeys] = [await makePrivateKeys(), await makePrivateKeys()];
  const mch = await startReplica(['mch-app/main.ts'], {
    ...{ NODE_ENV: 'test', MCH_DATABASE_URL: world.databaseUrls.mch, MCH_PORT: String(port) },
    ...{ MCH_DRAIN_SECONDS: '0', MCH_ORIGIN: origin, MCH_ISSUER: world.issuer, MCH_CLIENT_ID: origin },
    MCH_MASTER_KEYS: randomBytes(32).toString('base64'),
    MCH_FEDERATION_KEYS: JSON.stringify(federationKeys),
    MCH_CLIENT_KEYS: JSON.stringify(clientKeys),
    ...{ MCH_AUTHORITY_HINTS: federation.county, MCH_TRUST_MARKS: federation.mark },
    MCH_TRUST_MARK_ISSUER: federation.anchor,
    MCH_TRUST_ANCHORS: JSON.stringify({ [federation.anchor]: federation.anchorJwks }),
    ...env,
  });
  let instead: string | undefined;
  const front = await serve(
    (req, res) => {
      if (req.url === CONFIGURATION && instead !== undefined) {
        res.writeHead(200, { 'content-type': 'application/entity-statement+jwt' }).end(instead);
        return;
      }
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        const isBare = req.method === 'GET' || req.method === 'HEAD';
        const { connection: _hop, ...headers } = req.headers as Record<string, string>;
        fetch(`http://localhost:${port}${req.url}`, {
          ...{ method: req.method ?? 'GET', headers, redirect: 'manual' },
          ...(!isBare && { body: Buffer.concat(chunks) }),
        })
          .then(async (answer) => {
            const { 'content-encoding': _coded, ...given } = Object.fromEntries(answer.headers);
            const body = Buffer.from(await answer.arrayBuffer());
            delete given['transfer-encoding'];
            const cookies = answer.headers.getSetCookie();
            res.writeHead(answer.status, {
              ...given,
              'content-length': body.length,
              ...(cookies.length > 0 && { 'set-cookie': cookies }),
            });
            res.end(body);
          })
          .catch(() => res.destroy());
      });
    },
    Number(new URL(origin).port),
  );
  federation.change('ministry', { trustMarks: [{ type: federation.mark, subjects: [origin] }] });
  const told = await (await fetch(`${origin}${CONFIGURATION}`)).text();
  federation.admit({ entityId: origin, jwks: decodeJwt(told)['jwks'] as object });

  const command = async (...args: string[]): Promise<string> => {
    const { code, output } = await world.idpCommand(...args);
    if (code !== 0) throw new Error(output);
    return output;
  };
  /** The ministry vouches for the provider too, beside the county. */
  const vouchForProvider = async (): Promise<void> => {
    const { jwks } = decodeJwt(await (await fetch(`${world.issuer}${CONFIGURATION}`)).text());
    const entityTypes = ['openid_provider'];
    federation.add('ministry', { entityId: world.issuer, jwks: jwks as object, entityTypes });
  };
  const database: Database<IdpTables> = openDatabase<IdpTables>({
    ...{ url: world.databaseUrls.idp, connections: 1, applicationName: 'test' },
    onConnectionLost: () => {},
  });
  return {
    ...{ world, federation, mch, origin, folder, federationKeys, clientKeys, command, db: database.db },
    /** What MCH says of itself is answered with this; undefined: with what it says. */
    say: (token?: string): void => void (instead = token),
    /** The anchor is believed. */
    async trust(): Promise<void> {
      const file = path.join(folder, 'federation.json');
      const trustAnchors = [{ entityId: federation.anchor, jwks: federation.anchorJwks }];
      const own = { organizationName: 'Single entry', authorityHints: [federation.anchor] };
      await writeFile(file, JSON.stringify({ ...own, trustAnchors }));
      await command('federation', 'apply', file);
      await this.forget();
      await vouchForProvider();
    },
    /** Whatever the provider heard or refused before is forgotten, as by applying the file anew. */
    async forget(): Promise<void> {
      const contacts = [`${crypto.randomUUID()}@example.gov.tw`];
      await sql`update federation_settings set version = version + 1,
        document = document || jsonb_build_object('contacts', ${JSON.stringify(contacts)}::jsonb)`.execute(
        database.db,
      );
      await eventually(async () => {
        const said = decodeJwt(await (await fetch(`${world.issuer}${CONFIGURATION}`)).text());
        expect(said['metadata']).toMatchObject({ federation_entity: { contacts } });
      });
    },
    /** Its registration is over: the chain is looked at anew. */
    async end(): Promise<void> {
      const past = new Date(Date.now() - 1000).toISOString();
      await sql`update federation_client set expires_at = ${past} where client_id = ${origin}`.execute(
        database.db,
      );
      await sql`update client set metadata = metadata || jsonb_build_object('chain_ends_at', ${past}::text)
        where client_id = ${origin}`.execute(database.db);
    },
    /** MCH's manifest, by which its client comes by its chain. */
    async declare(narrower: object = {}): Promise<void> {
      const file = path.join(folder, 'mch.json');
      const manifest = federatedManifest(origin, federation.mark, federation.anchor);
      await writeFile(file, JSON.stringify({ ...manifest, client: { ...manifest.client, ...narrower } }));
      await command('subsystems', 'apply', file);
    },
    async stop(): Promise<void> {
      await mch.stop();
      await front.stop({ graceMs: 0 });
      await database.close();
      await world.stop();
      await federation.stop();
      await rm(folder, { recursive: true });
    },
  };
}

export type ChainedMch = Awaited<ReturnType<typeof startChainedMch>>;
