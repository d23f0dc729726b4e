import { type JWK, exportJWK, generateKeyPair } from 'jose';
import { configurationUrl } from '#kit/federation/entity-id.ts';
import type { FetchStatement } from '#kit/federation/resolve.ts';
import { type FederationSigner, createSigner } from '#kit/federation/sign.ts';
import type { JsonObject, TrustAnchor } from '#kit/federation/types.ts';

/* A federation in memory: entities with keys of their own, and a web that answers what they publish. */

export const NOW = 1_800_000_000;

export interface Entity {
  id: string;
  jwk: JWK;
  signer: FederationSigner;
  /** Its own statement, with claims changed, added or (undefined) left out. */
  configuration(changes?: Record<string, unknown>): Promise<string>;
  /** What it says of another. */
  about(subject: Entity, changes?: Record<string, unknown>): Promise<string>;
}

const MARK = 'https://ministry.example/marks/subsystem';

export async function createEntity(id: string, own: Record<string, unknown> = {}): Promise<Entity> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const kid = `${id}#1`;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid, use: 'sig', alg: 'ES256' };
  const signer = createSigner(pair.privateKey, kid, 'ES256');
  const times = { iat: NOW - 60, exp: NOW + 3600 };
  const sign = (claims: Record<string, unknown>): Promise<string> =>
    signer.sign('entity-statement+jwt', JSON.parse(JSON.stringify(claims)) as JsonObject);
  const federationEntity = { federation_fetch_endpoint: `${id}/fetch` };
  return {
    ...{ id, jwk, signer },
    configuration: (changes) =>
      sign({
        ...{ iss: id, sub: id, ...times, jwks: { keys: [jwk] } },
        ...{ metadata: { federation_entity: federationEntity }, ...own, ...changes },
      }),
    about: (subject, changes) =>
      sign({ iss: id, sub: subject.id, ...times, jwks: { keys: [subject.jwk] }, ...changes }),
  };
}

/** Three levels: a ministry (the anchor), a county below it, a subsystem below that. */
export async function createThreeLevels() {
  const ministry = await createEntity('https://ministry.example', {
    trust_mark_issuers: { [MARK]: ['https://ministry.example'] },
  });
  const county = await createEntity('https://county.example', { authority_hints: [ministry.id] });
  const leaf = await createEntity('https://leaf.county.example', { authority_hints: [county.id] });
  const relyingParty = {
    ...{ redirect_uris: ['https://leaf.county.example/callback'], scope: 'openid profile offline_access' },
    ...{
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'private_key_jwt',
    },
  };
  const metadata = { openid_relying_party: relyingParty };
  const anchor: TrustAnchor = { entityId: ministry.id, jwks: { keys: [ministry.jwk] } };
  return { ministry, county, leaf, metadata, anchor, mark: MARK };
}

/** What is published where; counts what was asked. */
export function createWeb() {
  const pages = new Map<string, () => Promise<string>>();
  const asked: string[] = [];
  const fetchStatement: FetchStatement = async (url, { maxBytes, signal }) => {
    asked.push(url.href);
    const page = pages.get(url.href);
    if (page === undefined) throw new Error('answered 404');
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true });
    });
    const body = await Promise.race([page(), aborted]);
    if (body.length > maxBytes) throw new Error('the answer is too long');
    return body;
  };
  return {
    ...{ asked, fetchStatement },
    put(url: string, page: () => Promise<string>) {
      pages.set(url, page);
    },
    publish(entity: Entity, changes?: Record<string, unknown>) {
      pages.set(configurationUrl(entity.id).href, () => entity.configuration(changes));
    },
    vouch(superior: Entity, subject: Entity, changes?: Record<string, unknown>) {
      const url = `${superior.id}/fetch?sub=${encodeURIComponent(subject.id)}`;
      pages.set(url, () => superior.about(subject, changes));
    },
  };
}
