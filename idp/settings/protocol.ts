import { z } from 'zod';
import { flag, list, section } from '#kit/settings.ts';
import { type Neighbours, createNeighbours } from '#kit/http/neighbours.ts';

const headerName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,60}$/)
  .optional();

export const protocol = section({
  title: 'Clients',
  settings: {
    REQUIRE_PUSHED_REQUESTS: flag.describe(
      '1: authorization requests of every client must be pushed (RFC 9126)',
    ),
    IDP_CLIENT_CERTIFICATE_HEADER: headerName.describe(
      'in which your proxy passes on the certificate a client showed (RFC 8705), in small letters; none without it, see docs/operating/client-certificates.md',
    ),
    IDP_CLIENT_CERTIFICATE_VERIFIED_HEADER: headerName.describe(
      'in which it says `SUCCESS` or `0` when an authority of yours has issued the certificate; without it only registered, self-signed ones count',
    ),
    IDP_CLIENT_CERTIFICATE_PROXIES: list().describe(
      'addresses or networks of the proxies that these headers are taken from, separated by commas; from anybody else they are ignored',
    ),
    IDP_MTLS_ORIGIN: z
      .url({ protocol: /^https$/ })
      .optional()
      .describe(
        'where clients with certificates connect, if that is not the issuer (`mtls_endpoint_aliases`)',
      ),
  },
  check(values, complain) {
    const { IDP_CLIENT_CERTIFICATE_HEADER: header, IDP_CLIENT_CERTIFICATE_PROXIES: proxies } = values;
    if (header !== undefined && proxies.length === 0) {
      complain(
        'IDP_CLIENT_CERTIFICATE_PROXIES',
        'is needed: a header that anybody could send proves nothing',
      );
    }
    for (const name of ['IDP_CLIENT_CERTIFICATE_VERIFIED_HEADER', 'IDP_MTLS_ORIGIN'] as const) {
      if (values[name] !== undefined && header === undefined) {
        complain(name, 'means nothing without IDP_CLIENT_CERTIFICATE_HEADER');
      }
    }
    try {
      createNeighbours(proxies);
    } catch (error) {
      complain('IDP_CLIENT_CERTIFICATE_PROXIES', (error as Error).message);
    }
  },
});

/** How certificates of clients come here. */
export interface ClientCertificates {
  header: string;
  verifiedHeader: string | undefined;
  proxies: Neighbours;
  /** The origin beside the issuer's own where clients show them. */
  origin: string | undefined;
}

/** undefined: they do not come at all. */
export function clientCertificates(env: {
  IDP_CLIENT_CERTIFICATE_HEADER?: string | undefined;
  IDP_CLIENT_CERTIFICATE_VERIFIED_HEADER?: string | undefined;
  IDP_CLIENT_CERTIFICATE_PROXIES: string[];
  IDP_MTLS_ORIGIN?: string | undefined;
}): ClientCertificates | undefined {
  const { IDP_CLIENT_CERTIFICATE_HEADER: header, IDP_MTLS_ORIGIN: origin } = env;
  if (header === undefined) return undefined;
  return {
    header,
    verifiedHeader: env.IDP_CLIENT_CERTIFICATE_VERIFIED_HEADER,
    proxies: createNeighbours(env.IDP_CLIENT_CERTIFICATE_PROXIES),
    origin: origin === undefined ? undefined : new URL(origin).origin,
  };
}
