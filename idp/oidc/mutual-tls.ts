import { type X509Certificate, createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Configuration, errors } from 'oidc-provider';
import { readForwardedCertificate } from '#kit/certificates/forwarded.ts';
import { type CertificateName, hasName } from '#kit/certificates/names.ts';
import type { OidcContext, OidcDeps } from './types.ts';

type Given = { config: Pick<OidcDeps['config'], 'clientCertificates'> };

interface Shown {
  certificate: X509Certificate | undefined;
  /** Whether an authority that the proxy trusts has issued it. */
  verified: boolean;
}

const shownBy = new WeakMap<IncomingMessage, Shown>();

/** nginx and HAProxy, in this order, when nothing is wrong with the chain. */
const VERIFIED: readonly unknown[] = ['SUCCESS', '0'];

/** Where clients authenticate or show tokens: the same at the origin for certificates. */
const ALIASED: Record<string, string> = {
  token_endpoint: '/oidc/token',
  revocation_endpoint: '/oidc/revocation',
  introspection_endpoint: '/oidc/introspection',
  pushed_authorization_request_endpoint: '/oidc/par',
  userinfo_endpoint: '/oidc/userinfo',
  device_authorization_endpoint: '/oidc/device_authorization',
  backchannel_authentication_endpoint: '/oidc/backchannel',
};
const ALIASED_PATHS = new Set(Object.values(ALIASED));

/**
 * Takes the client's certificate from the header that our proxy writes, and the header away: nobody behind this sees
 * it, and from any other neighbour it counts for nothing (B15).
 */
export function takeCertificate({ config }: Given, req: IncomingMessage): void {
  const told = config.clientCertificates;
  if (!told) return;
  const { [told.header]: value, [told.verifiedHeader ?? '']: verdict } = req.headers;
  delete req.headers[told.header];
  if (told.verifiedHeader !== undefined) delete req.headers[told.verifiedHeader];
  if (typeof value !== 'string' || value === '' || !told.proxies.has(req)) return;
  const certificate = readForwardedCertificate(value);
  shownBy.set(req, { certificate, verified: certificate !== undefined && VERIFIED.includes(verdict) });
}

/** The library's part of RFC 8705. It is on always, so that no token of a client that wants it is ever without. */
export function mutualTls({ config }: Given) {
  const can = config.clientCertificates;
  return {
    enabled: true,
    certificateBoundAccessTokens: true,
    selfSignedTlsClientAuth: can !== undefined,
    tlsClientAuth: can?.verifiedHeader !== undefined,
    getCertificate: (ctx) => shownBy.get(ctx.req)?.certificate,
    certificateAuthorized: (ctx) => shownBy.get(ctx.req)?.verified === true,
    certificateSubjectMatches: (ctx, property, expected) => {
      const certificate = shownBy.get(ctx.req)?.certificate;
      const kind = property.replace('tls_client_auth_', '') as CertificateName;
      return certificate !== undefined && hasName(certificate, kind, expected);
    },
  } satisfies NonNullable<Configuration['features']>['mTLS'];
}

/** How clients may authenticate here by certificate. */
export function certificateMethods({ config }: Given) {
  const can = config.clientCertificates;
  if (!can) return [];
  const registered = ['self_signed_tls_client_auth'] as const;
  return can.verifiedHeader === undefined ? registered : ([...registered, 'tls_client_auth'] as const);
}

/** The host that a request is for: the issuer's, or the one for certificates, of these two and no other. */
export function hostOf({ config }: Given, issuer: URL, req: IncomingMessage): string {
  const origin = config.clientCertificates?.origin;
  if (origin === undefined || !ALIASED_PATHS.has(req.url?.split('?', 1)[0] ?? '')) return issuer.host;
  const { host } = new URL(origin);
  return req.headers.host === host ? host : issuer.host;
}

/** The origin of a resource of ours that a request came to: the issuer's, or the one for certificates. */
export function originOf({ config }: Given, issuer: URL, req: IncomingMessage): string {
  const origin = config.clientCertificates?.origin;
  return origin !== undefined && req.headers.host === new URL(origin).host ? origin : issuer.origin;
}

/** RFC 8705 §3.3, §5, for the metadata. */
export function certificateMetadata(told: Given['config']['clientCertificates']): Record<string, unknown> {
  if (!told) return { tls_client_certificate_bound_access_tokens: undefined };
  const { origin } = told;
  if (origin === undefined) return {};
  const aliases = Object.entries(ALIASED).map(([name, path]) => [name, origin + path]);
  return { mtls_endpoint_aliases: Object.fromEntries(aliases) as object };
}

/** A token bound to a certificate is of use only beside it. @throws errors.InvalidRequest */
export function checkCertificate(
  ctx: Pick<OidcContext, 'req'>,
  token: { 'x5t#S256'?: string | undefined },
): void {
  const bound = token['x5t#S256'];
  if (bound === undefined) return;
  if (bound !== certificateThumbprint(ctx.req))
    throw new errors.InvalidRequest('failed x5t#S256 verification');
}

/** RFC 8705 §3.1, of the certificate that came with a request by way of our own proxy. */
export function certificateThumbprint(req: IncomingMessage): string | undefined {
  const raw = shownBy.get(req)?.certificate?.raw;
  return raw && createHash('sha256').update(raw).digest('base64url');
}
