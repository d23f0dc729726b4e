import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, importJWK } from 'jose';
import {
  type AuthorityKey,
  authorityListener,
  makeKey,
  publicKeys,
  readReviewedFile,
} from '#idp/federation/authority/index.ts';
import { askWorld } from '#idp/federation/trust-chain/index.ts';

type Claims = Record<string, unknown>;

/** What one relying party says of itself, and how. */
export interface Said {
  claims?: Claims;
  rp?: Claims;
  marked?: boolean;
  signedBy?: AuthorityKey;
  /** The text that is sent instead. */
  body?: (token: string) => string;
  delayMs?: number;
}

const seconds = (): number => Math.floor(Date.now() / 1000);

/** An anchor, a county below it and relying parties below that, each answering on this machine's loopback. */
export async function startFederation() {
  const [anchorKey, countyKey, rpKey] = [
    await makeKey(new Date(0)),
    await makeKey(new Date(0)),
    await makeKey(new Date(0)),
  ];
  const jwksOf = (key: AuthorityKey) => publicKeys([key], new Date());
  const servers = [createServer(), createServer(), createServer()];
  const origins = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `http://localhost:${(server.address() as AddressInfo).port}`;
    }),
  );
  const [anchor = '', county = '', rps = ''] = origins;
  const mark = `${anchor}/marks/subsystem`;
  const parties = new Map<string, Said>();
  const asked: string[] = [];
  const authority = (key: AuthorityKey, file: () => Claims) =>
    authorityListener(
      () => Promise.resolve({ file: readReviewedFile(JSON.stringify(file())), keys: [key] }),
      { ask: askWorld(true), clock: () => new Date(), tell: () => {} },
    );
  /** What an authority says at an address instead, and how long it thinks about anything. */
  const instead = new Map<string, () => string | Promise<string>>();
  const slow = { anchorMs: 0, countyMs: 0 };
  const listen = (at: number, origin: string, listener: RequestListener): void => {
    servers[at]?.on('request', (req, res) => {
      const said = instead.get(`${origin}${req.url}`);
      const answer = async (): Promise<void> => {
        const delayMs = at === 0 ? slow.anchorMs : slow.countyMs;
        if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
        if (!said) {
          listener(req, res);
          return;
        }
        res.setHeader('content-type', 'application/entity-statement+jwt');
        res.end(await said());
      };
      answer().catch(() => res.destroy());
    });
  };
  const ids = () => [...parties.keys()].map((name) => `${rps}/${name}`);
  listen(
    0,
    anchor,
    authority(anchorKey, () => ({
      ...{ entityId: anchor, organizationName: 'Ministry', trustMarkIssuers: { [mark]: [anchor] } },
      trustMarks: [{ type: mark, subjects: ids() }],
      metadataPolicy: {
        openid_relying_party: { token_endpoint_auth_method: { one_of: ['private_key_jwt'] } },
      },
      subordinates: [
        {
          ...{ entityId: county, jwks: jwksOf(countyKey) },
          ...{ entityTypes: ['federation_entity'], intermediate: true },
        },
      ],
    })),
  );
  listen(
    1,
    county,
    authority(countyKey, () => ({
      ...{ entityId: county, organizationName: 'County', authorityHints: [anchor] },
      subordinates: ids().map((entityId) => ({
        ...{ entityId, jwks: jwksOf(rpKey), entityTypes: ['openid_relying_party'] },
      })),
    })),
  );
  const sign = async (key: AuthorityKey, claims: Claims): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'entity-statement+jwt' })
      .sign(await importJWK(key.privateJwk, 'ES256'));
  const markOf = async (sub: string): Promise<string> =>
    (
      await fetch(`${anchor}/trust-mark?${new URLSearchParams({ trust_mark_type: mark, sub }).toString()}`)
    ).text();

  const configurationOf = async (
    name: string,
    rpJwks: object,
    said: Said = parties.get(name) ?? {},
  ): Promise<string> => {
    const id = `${rps}/${name}`;
    const claims = {
      ...{ iss: id, sub: id, iat: seconds(), exp: seconds() + 3600, jwks: jwksOf(rpKey) },
      authority_hints: [county],
      metadata: {
        openid_relying_party: {
          ...{ redirect_uris: [`${rps}/callback`], client_name: name, jwks: rpJwks },
          ...{ client_registration_types: ['automatic'], token_endpoint_auth_method: 'private_key_jwt' },
          ...{ scope: 'openid profile', grant_types: ['authorization_code', 'refresh_token'] },
          ...said.rp,
        },
      },
      ...(said.marked !== false && {
        trust_marks: [{ trust_mark_type: mark, trust_mark: await markOf(id) }],
      }),
      ...said.claims,
    };
    const token = await sign(said.signedBy ?? rpKey, claims);
    return said.body?.(token) ?? token;
  };
  let rpJwks: object = { keys: [] };
  servers[2]?.on('request', (req, res) => {
    const name = (req.url ?? '').split('/')[1] ?? '';
    asked.push(name);
    const answer = async (): Promise<void> => {
      const delayMs = parties.get(name)?.delayMs ?? 0;
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
      res.setHeader('content-type', 'application/entity-statement+jwt');
      res.end(await configurationOf(name, rpJwks));
    };
    answer().catch(() => res.destroy());
  });

  return {
    ...{ anchor, county, mark, asked, instead, slow, sign, callback: `${rps}/callback` },
    keys: { anchorKey, countyKey, rpKey },
    anchorJwks: jwksOf(anchorKey),
    /** A relying party that the county vouches for. @returns its id */
    add(name: string, jwks: object, said: Said = {}): string {
      rpJwks = jwks;
      parties.set(name, said);
      return `${rps}/${name}`;
    },
    /** What it hands over of itself: what it publishes, with this besides. */
    hand(name: string, { claims, rp, ...more }: Said = {}): Promise<string> {
      const said = parties.get(name) ?? {};
      return configurationOf(name, rpJwks, {
        ...{ ...said, ...more, claims: { ...said.claims, ...claims }, rp: { ...said.rp, ...rp } },
      });
    },
    makeKey: () => makeKey(new Date(0)),
    async stop() {
      await Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}
