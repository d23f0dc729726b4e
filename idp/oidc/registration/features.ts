import { type Configuration, type KoaContextWithOIDC, errors } from 'oidc-provider';
import { refuseForeignNetwork } from '#kit/http/outbound.ts';
import { randomToken } from '#kit/random.ts';
import { sectorFault } from '../../pairwise-subjects/index.ts';
import {
  type RegistrationMode,
  networkAddresses,
  registrationFault,
  settleRegistration,
} from '../../registration/index.ts';
import { newClientSecret } from '../../subsystems/index.ts';
import type { OidcContext, OidcDeps } from '../types.ts';

/** The library's name for our rules; every token that registers or manages carries it. */
export const POLICY = 'registered';
/** No manifest's client id has an underscore and a capital in it, so that the two never meet. */
export const REGISTERED_PREFIX = 'dyn_';
const ROUTES: ReadonlySet<string | undefined> = new Set(['registration', 'client', 'client_update']);
/** What stands for a secret whose text nobody knows any more. */
export const PLACEHOLDER = 'revision-';
/** Made anew with each process: outside certification mode nothing looks at it. */
export const OPEN_TOKEN = randomToken(32);
const OURS = ['first_party', 'client_name#en', 'profile'];

type Features = NonNullable<Configuration['features']>;

/** Registration by whoever holds an initial access token, and management of what was registered. */
export function registrationFeatures(
  deps: OidcDeps,
): Pick<Features, 'registration' | 'registrationManagement'> {
  return {
    registration: {
      enabled: true,
      initialAccessToken: true,
      issueRegistrationAccessToken: true,
      idFactory: () => REGISTERED_PREFIX + randomToken(16),
      secretFactory: () => newClientSecret(),
      policies: { [POLICY]: (ctx, properties) => keepRules(deps, ctx, properties) },
    },
    registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
  };
}

/** @throws InvalidRedirectUri, InvalidClientMetadata as RFC 7591 §3.2.2 names them */
async function keepRules(
  deps: OidcDeps,
  ctx: KoaContextWithOIDC,
  properties: Record<string, unknown>,
): Promise<void> {
  const mode: RegistrationMode = deps.config.certification ? 'open' : 'protected';
  const settled = settleRegistration(properties, mode);
  for (const name of Object.keys(properties)) delete properties[name];
  Object.assign(properties, settled);
  const fault = registrationFault(properties, mode);
  if (fault?.field === 'redirect_uris') throw new errors.InvalidRedirectUri(`redirect_uris ${fault.reason}`);
  if (fault) throw new errors.InvalidClientMetadata(`${fault.field} ${fault.reason}`);
  const before = ctx.oidc.entities.Client;
  if (before && (before.subjectType ?? 'public') !== (properties['subject_type'] ?? 'public')) {
    throw new errors.InvalidClientMetadata('subject_type is for good');
  }
  const { privateNetworks } = deps.config;
  for (const { field, uri } of networkAddresses(properties)) {
    await refuseForeignNetwork(new URL(uri), privateNetworks).catch(() => {
      throw new errors.InvalidClientMetadata(`${field} must be reachable and outside our network`);
    });
  }
  const claim = properties as unknown as Parameters<typeof sectorFault>[0];
  if ((await sectorFault(claim, privateNetworks)) !== undefined) {
    throw new errors.InvalidClientMetadata('sector_identifier_uri does not name every redirect_uri');
  }
}

/** Every client, but those of the certification suite, some of whose plans were written before PKCE. */
export function needsPkce({ config, registry }: OidcDeps, clientId: string): boolean {
  return !config.certification || registry.find(clientId)?.subsystem !== undefined;
}

/** In certification mode a request without a token is let in by one that nobody else can have. */
export function openRegistration({ config }: OidcDeps, ctx: OidcContext): void {
  if (!config.certification || ctx.path !== '/oidc/register' || ctx.method !== 'POST') return;
  ctx.req.headers.authorization ??= `Bearer ${OPEN_TOKEN}`;
}

/** Takes out of an answer what is not the client's business, and the secret that cannot be told again. */
export function tidyRegistration(ctx: OidcContext): void {
  if (!ROUTES.has((ctx as Partial<OidcContext>).oidc?.route) || ctx.status >= 400) return;
  const answer = ctx.body as Record<string, unknown>;
  for (const name of OURS) delete answer[name];
  if (String(answer['client_secret']).startsWith(PLACEHOLDER)) delete answer['client_secret'];
}
