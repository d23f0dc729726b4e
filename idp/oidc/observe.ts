import type Provider from 'oidc-provider';
import { recordOf } from '#kit/telemetry/request-record.ts';
import type { OidcContext } from './types.ts';

const PLACES = new Set([
  ...[
    'auth',
    'token',
    'userinfo',
    'jwks',
    'introspection',
    'revocation',
    'par',
    'device_authorization',
    'backchannel',
    'device',
    'register',
    'logout',
    'logout/confirm',
  ].map((name) => `/oidc/${name}`),
  ...['openid-configuration', 'oauth-authorization-server'].map((name) => `/.well-known/${name}`),
]);

/** Errors that go to the client by way of the browser, where no answer of ours names them. */
const REDIRECTED = ['authorization.error', 'end_session.error'] as const;

/** The pattern of a protocol address: few, and without anything of the person's. */
export function protocolRoute(path: string): string {
  if (PLACES.has(path)) return path;
  if (/^\/oidc\/register\/[\w-]+$/.test(path)) return '/oidc/register/:client';
  const [, page] = /^\/oidc\/(auth|device)\/[\w-]+$/.exec(path) ?? [];
  return page === undefined ? 'none' : `/oidc/${page}/:uid`;
}

/** Notes for the log and the metrics which endpoint answered, which registered client, and which error it got. */
export function tellRequest(ctx: OidcContext): void {
  const record = recordOf(ctx.req);
  record.route = protocolRoute(ctx.path);
  record.clientId = ctx.oidc?.client?.clientId;
  const body: unknown = ctx.body;
  if (ctx.status < 400 || typeof body !== 'object' || body === null || !('error' in body)) return;
  if (typeof body.error === 'string') record.error = body.error;
}

/** @param provider whose errors are noted with the request they belong to */
export function tellErrors(provider: Provider): void {
  for (const event of REDIRECTED) {
    (provider as unknown as NodeJS.EventEmitter).on(event, (ctx: OidcContext, error: { error?: string }) => {
      recordOf(ctx.req).error = error.error;
    });
  }
}
