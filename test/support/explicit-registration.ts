import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Said, startFederation } from './federation-servers.ts';
import { startIdpWorld } from './idp-world.ts';
import { createSigningClient, makeKey } from './signing-client.ts';

export const PATH = '/federation/registration';
export const STATEMENT = 'application/entity-statement+jwt';
export const CHAIN = 'application/trust-chain+json';

export const seconds = (): number => Math.floor(Date.now() / 1000);

/** A provider, and a federation whose relying parties register by themselves. */
export async function startExplicit() {
  const [world, chain, key] = await Promise.all([
    startIdpWorld({ env: { IDP_TRUSTED_PROXY_HOPS: '1' } }),
    startFederation(),
    makeKey('ES256'),
  ]);
  const folder = await mkdtemp(path.join(tmpdir(), 'federation-'));
  let address = 0;
  /** Each from an address of its own, unless it says which. */
  const register = async (
    body: string,
    type = STATEMENT,
    from = `10.9.${(address += 1) >> 8}.${address & 255}`,
  ) => {
    const answer = await fetch(world.issuer + PATH, {
      method: 'POST',
      headers: { 'content-type': type, 'x-forwarded-for': from },
      body,
    });
    const text = await answer.text();
    const error = text.startsWith('{') ? (JSON.parse(text) as { error?: string }).error : undefined;
    return { status: answer.status, type: answer.headers.get('content-type'), text, error };
  };
  const outcome = async (body: string, type = STATEMENT) => {
    const { status, error = 'registered' } = await register(body, type);
    return `${status} ${error}`;
  };
  const add = (name: string, said: Said = {}) =>
    chain.add(
      name,
      { keys: [key.jwk] },
      { ...said, rp: { client_registration_types: ['explicit'], ...said.rp } },
    );
  const hand = (name: string, { claims, ...more }: Said = {}) =>
    chain.hand(name, { ...more, claims: { aud: world.issuer, ...claims } });
  const push = async (id: string, more: Record<string, string> = {}, by = key) => {
    const client = createSigningClient(world, id, by, chain.callback);
    return client.send('/oidc/par', client.request({ scope: 'openid profile', ...more }));
  };
  const query = <Row extends object>(text: string, values: string[]) =>
    world.database.query<Row & Record<string, unknown>>(text, values);
  const rowOf = async (id: string) => {
    const [row] = await query<{
      expires_at: Date;
      registered_at: Date;
      failure: string | null;
      ended_at: Date | null;
    }>('select * from federation_client where client_id = $1', [id]);
    return row;
  };
  const audits = async (id: string) =>
    (
      await query<{ type: string }>('select type from audit_event where client_id = $1 order by id', [id])
    ).map(({ type }) => type);
  const policyOf = () => ({
    ...{ code: 'clinic', trustMark: chain.mark, issuers: [chain.anchor] },
    ...{ scopes: ['openid', 'profile', 'email'], grantTypes: ['authorization_code', 'refresh_token'] },
  });
  const apply = async (more: object = {}) => {
    const file = path.join(folder, 'federation.json');
    const trustAnchors = [{ entityId: chain.anchor, jwks: chain.anchorJwks }];
    const settings = { organizationName: 'Ministry', authorityHints: [chain.anchor], trustAnchors, ...more };
    await writeFile(file, JSON.stringify(settings));
    const { code, output } = await world.command('federation', 'apply', file);
    if (code !== 0) throw new Error(output);
  };
  const configuration = async () => (await fetch(`${world.issuer}/.well-known/openid-federation`)).text();
  /** Its end, moved to `at`, as if its chain had been so. */
  const endAt = async (id: string, at: Date) => {
    await query('update federation_client set expires_at = $2 where client_id = $1', [id, at.toISOString()]);
    await query(
      `update client set metadata = metadata || jsonb_build_object('chain_ends_at', $2::text) where client_id = $1`,
      [id, at.toISOString()],
    );
  };

  return {
    ...{ world, chain, key, register, outcome, add, hand, push, query, rowOf, audits, policyOf, apply },
    ...{ configuration, endAt },
    async stop() {
      await world.stop();
      await chain.stop();
      await rm(folder, { recursive: true });
    },
  };
}
