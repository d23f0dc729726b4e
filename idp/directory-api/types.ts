import type { z } from 'zod';
import type { AccountRole, Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Caller } from '../audit/index.ts';
import type { ConsoleCaller } from '../permissions/index.ts';
import type { ClientRegistry, Subsystem } from '../subsystems/index.ts';
import type { ProofPort } from './proof.ts';
import type { ApiScope } from './scopes.ts';

export interface DirectoryApiDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  registry: ClientRegistry;
  proofs: ProofPort;
  config: { issuer: string; trustedProxyHops: number };
  /** Whether that role may administer from that address, as at the console. */
  isAllowedAddress: (role: AccountRole, address: string) => boolean;
}

/** The program that calls: a client with the subsystem it speaks for. */
export interface ApiClient {
  kind: 'client';
  clientId: string;
  subsystem: Subsystem;
}

/** A person who calls through a client, acting as one account. */
export interface ApiPerson {
  kind: 'person';
  clientId: string;
  subsystem: Subsystem;
  accountId: string;
  role: AccountRole;
  acting: { id: string; unitCode: string; role: string; manages: boolean };
  /** The person as they administer this subsystem there; undefined for whoever manages nothing with that account. */
  standing: ConsoleCaller | undefined;
}

/** The account a person acts as, with the person whose it is. */
export interface Acting {
  accountId: string;
  id: string;
  subsystemCode: string;
  unitCode: string;
  role: string;
  accountRole: AccountRole;
  personName: string;
  loginName: string;
  /** The unit of the person's own account. */
  homeUnitCode: string;
  sessionUid: string | null;
  /** The address its session began at. */
  signedInFrom: string | null;
}

export type ApiCaller = ApiClient | ApiPerson;

/** The answer when a caller is not let in (RFC 6750 §3.1). */
export interface Refusal {
  status: 401 | 403;
  challenges: string[];
  /** To be used in the next proof (RFC 9449 §9). */
  nonce?: string;
  error: string;
}

export interface ApiAnswer {
  status: number;
  body: Record<string, unknown>;
}

export interface ApiRequest<Body, Query> {
  caller: ApiCaller;
  params: Record<string, string>;
  body: Body;
  query: Query;
  from: Caller;
}

/** One operation, told as data: its route, its description and what the server checks come from here. */
export interface Operation<Body = unknown, Query = unknown> {
  method: 'get' | 'post' | 'put';
  /** With `{name}` for parameters, as OpenAPI writes paths. */
  path: string;
  operationId: string;
  scope: ApiScope;
  summary: string;
  description?: string;
  body?: z.ZodType<Body>;
  query?: z.ZodType<Query>;
  /** Of each status, what it means; those every operation has are added. */
  responses: Record<number, string>;
  handle: (deps: DirectoryApiDeps, request: ApiRequest<Body, Query>) => Promise<ApiAnswer>;
}
