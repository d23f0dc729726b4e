import {
  type Authority,
  authorityListener,
  makeKey,
  publicKeys,
  readReviewedFile,
} from '#idp/federation/authority/index.ts';
import { type Jwks, askWorld } from '#idp/federation/trust-chain/index.ts';
import { serve } from '#kit/http/serve.ts';

export interface Member {
  entityId: string;
  jwks: object;
  [member: string]: unknown;
}

/**
 * A ministry's trust anchor and a county's intermediate below it, served on loopback, until `stop`. What each says can
 * be changed at any time.
 */
export async function startFederation(clock: () => Date, policy: object = {}) {
  const start = clock();
  const [anchorKey, countyKey] = [await makeKey(start), await makeKey(start)];
  let listeners: Record<string, Parameters<typeof serve>[0]> = {};
  const instead = new Map<string, () => string>();
  const serving = await serve((req, res) => {
    const told = instead.get(req.url ?? '');
    if (told) {
      res.writeHead(200, { 'content-type': 'application/entity-statement+jwt' }).end(told());
      return;
    }
    const listener = listeners[req.url?.split(/[/?]/)[1] ?? ''];
    if (listener) listener(req, res);
    else res.writeHead(404).end();
  }, 0);
  const at = (name: string): string => `http://localhost:${serving.port}/${name}`;
  const ids = { anchor: at('ministry'), county: at('county'), mark: at('ministry/marks/subsystem') };
  const files: Record<'ministry' | 'county', Record<string, unknown>> = {
    ministry: {
      ...{ entityId: ids.anchor, organizationName: 'Ministry', metadataPolicy: policy },
      trustMarkIssuers: { [ids.mark]: [ids.anchor] },
      trustMarks: [{ type: ids.mark, subjects: [] }],
      constraints: { max_path_length: 1, naming_constraints: { permitted: ['localhost', '127.0.0.1'] } },
      subordinates: [
        {
          ...{ entityId: ids.county, jwks: publicKeys([countyKey], start), intermediate: true },
          entityTypes: ['federation_entity'],
        },
      ],
    },
    county: {
      ...{ entityId: ids.county, organizationName: 'County', authorityHints: [ids.anchor], subordinates: [] },
    },
  };
  const authorityOf = (name: 'ministry' | 'county'): Authority => ({
    file: readReviewedFile(JSON.stringify(files[name])),
    keys: [name === 'ministry' ? anchorKey : countyKey],
  });
  const publish = (): void => {
    const deps = { ask: askWorld(true), clock, tell: () => {} };
    const [ministry, county] = [authorityOf('ministry'), authorityOf('county')];
    listeners = {
      ministry: authorityListener(() => Promise.resolve(ministry), deps),
      county: authorityListener(() => Promise.resolve(county), deps),
    };
  };
  const change = (name: 'ministry' | 'county', members: object): void => {
    Object.assign(files[name], members);
    publish();
  };
  publish();
  return {
    ...ids,
    keys: { anchorKey, countyKey },
    anchorJwks: publicKeys([anchorKey], start) as Jwks,
    /** Replaces members of a reviewed file. */
    change,
    /** One subordinate more. */
    add(name: 'ministry' | 'county', member: Member): void {
      change(name, { subordinates: [...(files[name]['subordinates'] as Member[]), member] });
    },
    /** The county vouches for a relying party, and the ministry gives it the mark. */
    admit({ entityId, jwks, ...more }: Member): void {
      const member = { entityId, jwks, entityTypes: ['openid_relying_party'], ...more };
      change('county', { subordinates: [member] });
      change('ministry', { trustMarks: [{ type: ids.mark, subjects: [entityId] }] });
    },
    /** What the ministry says of an entity that is in no reviewed file. */
    vouch: (entityId: string, statement: () => string): void =>
      void instead.set(`/ministry/fetch?sub=${encodeURIComponent(entityId)}`, statement),
    /** What is answered at an address instead; nothing else any more without it. */
    answer(url: string, token?: string): void {
      const { pathname, search } = new URL(url);
      if (token === undefined) instead.delete(pathname + search);
      else instead.set(pathname + search, () => token);
    },
    stop: async (): Promise<void> => serving.stop({ graceMs: 0 }),
  };
}
