import { isDeepStrictEqual } from 'node:util';
import type Provider from 'oidc-provider';
import { type Client, type Configuration, errors } from 'oidc-provider';
import instance from 'oidc-provider/lib/helpers/weak_cache.js';
import {
  type ClientRegistry,
  type Detail,
  type DetailType,
  type Localized,
  refuseDetail,
} from '../subsystems/index.ts';
import type { OidcContext, OidcDeps } from './types.ts';

/** Where nobody would see what is granted. */
const BLIND_ROUTES = new Set(['device_authorization', 'backchannel_authentication']);

interface Known {
  declared: DetailType;
  resource: string;
}

/** The types a client may ask for: those of its own subsystem's resources. */
export function detailTypesOf(registry: ClientRegistry, clientId: string): Known[] {
  const resources = registry.find(clientId)?.subsystem?.manifest.resources ?? [];
  return resources.flatMap(({ identifier, authorizationDetails = [] }) =>
    authorizationDetails.map((declared) => ({ declared, resource: identifier })),
  );
}

/**
 * RFC 9396. A token carries the details of its own resource's types and no others; what is asked for at the token
 * endpoint is part of what was granted.
 */
export function richRequests({ registry }: OidcDeps) {
  const ofResource = (
    ctx: OidcContext,
    details: readonly Detail[],
    resource: string | undefined,
  ): Detail[] => {
    const known = detailTypesOf(registry, ctx.oidc.client?.clientId ?? '');
    return details.filter(({ type }) =>
      known.some((one) => one.declared.type === type && one.resource === resource),
    );
  };
  return {
    enabled: true,
    types: {}, // read from the manifests as they stand: see declareDetailTypes
    authorizationDetailsForGrantSource: (ctx) => asked(ctx) as never,
    authorizationDetailsForAccessToken: (ctx, token, source) => {
      const audience = token.resourceServer?.audience;
      const granted = (source ? source.rar : asked(ctx)) ?? [];
      const own = ofResource(ctx, granted, audience);
      const narrowed = source ? asked(ctx) : undefined;
      const strange = narrowed?.find((detail) => !own.some((one) => isDeepStrictEqual(one, detail)));
      if (strange) throw new errors.InvalidAuthorizationDetails('more is asked for than was granted');
      const details = narrowed ?? own;
      return details.length > 0 ? (details as never) : undefined;
    },
    authorizationDetailsForIntrospection: (_ctx, token) => token.rar,
  } satisfies NonNullable<Configuration['features']>['richAuthorizationRequests'];
}

/**
 * The library wants every type when it is built; ours come and go with the manifests. So what it looks types up in
 * asks the registry.
 */
export function declareDetailTypes(provider: Provider, { registry }: OidcDeps): void {
  const rule = {
    validate: (ctx: OidcContext, detail: Detail, client: Client) =>
      assertDetail(registry, ctx, detail, client),
  };
  const names = (): string[] => [
    ...new Set(
      registry
        .list()
        .flatMap(({ clientId }) => detailTypesOf(registry, clientId))
        .map(({ declared }) => declared.type),
    ),
  ];
  const found = { configurable: true, enumerable: true, value: rule };
  instance(provider).features.richAuthorizationRequests.types = new Proxy<Record<string, typeof rule>>(
    {},
    {
      get: (_none, name) => (names().includes(String(name)) ? rule : undefined),
      has: (_none, name) => names().includes(String(name)),
      ownKeys: names,
      getOwnPropertyDescriptor: (_none, name) => (names().includes(String(name)) ? found : undefined),
    },
  );
}

/** @throws errors.InvalidAuthorizationDetails */
function assertDetail(registry: ClientRegistry, ctx: OidcContext, detail: Detail, client: Client): void {
  const known = detailTypesOf(registry, client.clientId).find(
    ({ declared }) => declared.type === detail['type'],
  );
  const refuse = (why: string): never => {
    throw new errors.InvalidAuthorizationDetails(why);
  };
  if (!known || BLIND_ROUTES.has(ctx.oidc.route)) return refuse('the type is not for this client here');
  const reason = refuseDetail(known.declared, known.resource, detail);
  if (reason !== undefined) refuse(reason);
  const { resource } = ctx.oidc.params ?? {};
  if (resource !== undefined && ![resource].flat().includes(known.resource)) {
    refuse('the type is of a resource that is not asked for');
  }
}

function asked(ctx: OidcContext): Detail[] | undefined {
  const text = ctx.oidc.params?.['authorization_details'];
  return typeof text === 'string' ? (JSON.parse(text) as Detail[]) : undefined;
}

/** What people are asked to agree to, in words: each detail with its fields. */
export interface DescribedDetail {
  label: Localized;
  facts: { label: Localized; value: string }[];
}

/** @param text the request's `authorization_details`, which was checked when it came */
export function describeDetails(
  registry: ClientRegistry,
  clientId: string,
  text: unknown,
): DescribedDetail[] {
  if (typeof text !== 'string') return [];
  const known = detailTypesOf(registry, clientId);
  return (JSON.parse(text) as Detail[]).flatMap((detail) => {
    const declared = known.find((one) => one.declared.type === detail['type'])?.declared;
    if (!declared) return [];
    const facts = declared.fields.flatMap(({ name, label }) => {
      const value = detail[name] as string | number | boolean | string[] | undefined;
      return value === undefined ? [] : [{ label, value: [value].flat().join(', ') }];
    });
    return [{ label: declared.label, facts }];
  });
}
