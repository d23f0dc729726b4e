import type { Acr } from '../../authenticators/index.ts';
import type { ProviderManifest } from './manifest.ts';

/** A provider as it is in force, with its client secret sealed where it has one. */
export interface UpstreamProvider {
  code: string;
  issuer: string;
  manifest: ProviderManifest;
  secretSealed: Buffer | undefined;
  active: boolean;
  version: number;
}

/** What a provider says of a person, by our names. */
export type Fact = 'name' | 'email' | 'phone' | 'title' | 'unit' | 'employee';
export type Facts = Partial<Record<Fact, string>>;

export type Purpose = 'sign_in' | 'link';

/** What a browser takes along to a provider, kept here. */
export interface Departure {
  verifier: string;
  nonce: string;
  /** Seconds; how old the sign-in there may be. */
  maxAge: number;
  /** The person was to be asked anew. */
  anew: boolean;
  /** Seconds, with their fraction. */
  leftAt: number;
  /** Whose link it is to become, and the count of partings it was begun under. */
  link?: { accountId: string; generation: number };
}

/** What a provider's logout may be about: a sign-in there, by its clock, and when the browser left for it, by ours. */
export interface SignInThere {
  issuer: string;
  subject: string;
  sid?: string;
  /** Seconds. */
  signedInAt: number;
  /** Seconds, with their fraction. */
  leftAt: number;
}

/** Whom a provider vouches for, every check passed. */
export interface Subject extends SignInThere {
  provider: string;
  facts: Facts;
  acr: Acr;
  /** The same by our clock: never a time to come. */
  authTime: number;
  idToken: string;
}

/** Why a browser came back without one. */
export type ArrivalFailure = 'cancelled' | 'unavailable' | 'refused' | 'not_asked_again' | 'ended';

export type Arrival =
  | { ok: true; subject: Subject; link?: Departure['link'] }
  | { ok: false; provider: string; failure: ArrivalFailure };

/** An account's tie to a subject at a provider. */
export interface Link {
  id: string;
  accountId: string;
  providerCode: string;
  issuer: string;
  subject: string;
  facts: Facts;
  linkedAt: Date;
  lastUsedAt: Date | undefined;
}

/** What the provider's word is good for, as far as an account goes. */
export interface Vouched {
  role: string;
  unitCode: string;
  email: string;
}
