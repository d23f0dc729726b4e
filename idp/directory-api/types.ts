import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { ClientRegistry, Subsystem } from '../subsystems/index.ts';

export interface DirectoryApiDeps {
  db: Db;
  clock: Clock;
  registry: ClientRegistry;
  config: { issuer: string; trustedProxyHops: number };
}

/** The program that calls: a client with the subsystem it speaks for. */
export interface ApiClient {
  clientId: string;
  subsystem: Subsystem;
}

/** The answer when a caller is not let in (RFC 6750 §3.1). */
export interface Refusal {
  status: 401 | 403;
  challenge: string;
  error: string;
}
