import { SignJWT, importJWK } from 'jose';
import { type Clock, HOUR, MINUTE, after } from '#kit/clock.ts';
import type { Middleware } from '#kit/http/context.ts';
import type { Log } from '#kit/log.ts';
import { type PrivateKeys, publicKeys } from './keys.ts';
import { keepMarks } from './marks.ts';
import { relyingPartyMetadata } from './metadata.ts';

/** OpenID Federation 1.0 §9. */
export const CONFIGURATION_PATH = '/.well-known/openid-federation';
const STATEMENT_TYPE = 'entity-statement+jwt';

/** How long what we say of ourselves is good: a key of ours that was taken out is believed no longer. */
const STATEMENT_MS = 12 * HOUR;
/** One statement serves all that long. */
const SERVED_MS = MINUTE;

export interface EntitySettings {
  /** Our entity id: our own origin. */
  entityId: string;
  federationKeys: PrivateKeys;
  /** Those we sign in with. */
  clientKeys: PrivateKeys;
  authorityHints: readonly string[];
  trustMarks: { issuer: string; types: readonly string[] };
  organizationName: string;
  contacts: readonly string[];
}

/** This system as its superiors and providers see it. */
export interface Entity {
  /** Our entity configuration, signed. */
  configuration(): Promise<string>;
}

/** What we say of ourselves (OpenID Federation 1.0 §3.1), signed anew each minute somebody asks. */
export function createEntity(
  settings: EntitySettings,
  deps: { clock: Clock; log: Log; call: (url: string, init: RequestInit) => Promise<Response> },
): Entity {
  const { entityId, federationKeys, clientKeys, authorityHints, organizationName, contacts } = settings;
  const marks = keepMarks({ ...deps, ...settings.trustMarks, subject: entityId });
  const metadata = {
    federation_entity: { organization_name: organizationName, ...(contacts.length > 0 && { contacts }) },
    openid_relying_party: relyingPartyMetadata(entityId, clientKeys),
  };
  let served: { token: string; until: Date } | undefined;
  return {
    async configuration() {
      const now = deps.clock();
      if (served && served.until > now) return served.token;
      const held = await marks();
      const [key] = federationKeys.keys;
      const claims = {
        ...{ iss: entityId, sub: entityId, iat: seconds(now), exp: seconds(after(now, STATEMENT_MS)) },
        ...{ jwks: publicKeys(federationKeys), authority_hints: authorityHints, metadata },
        ...(held.length > 0 && { trust_marks: held }),
      };
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: key?.kid ?? '', typ: STATEMENT_TYPE })
        .sign(await importJWK(key ?? {}, 'ES256'));
      served =
        held.length < settings.trustMarks.types.length ? undefined : { token, until: after(now, SERVED_MS) };
      return token;
    },
  };
}

/** Answers with our entity configuration (OpenID Federation 1.0 §9.2). */
export function publishEntity(entity: Entity): Middleware {
  return async (ctx) => {
    const token = await entity.configuration();
    ctx.set('cache-control', `public, max-age=${SERVED_MS / 1000}`);
    ctx.type = `application/${STATEMENT_TYPE}`;
    ctx.body = token;
  };
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
