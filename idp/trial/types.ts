import type {
  Configuration,
  DPoPHandle,
  TokenEndpointResponse,
  TokenEndpointResponseHelpers,
} from 'openid-client';
import type { Manifest } from '../subsystems/index.ts';

/** How a step ended: `reason` is the key of the sentence that says why and what to do. */
export type Outcome =
  | { mark: '✓'; seen?: string }
  | { mark: '–' | '✗'; reason: string; params?: Record<string, string | number> };

export interface TrialOptions {
  issuer: string;
  manifest: Manifest;
  secret: string | undefined;
  /** A private key as JWK, for `private_key_jwt`. */
  privateKey: string | undefined;
  /** One of the demo people, signed in by the page of the local provider. */
  as: string | undefined;
  page: string;
  account: string | undefined;
  waitMs: number;
}

/** What the steps hand on to each other. */
export interface Trial {
  options: TrialOptions;
  config: Configuration;
  dpop: { DPoP: DPoPHandle } | undefined;
  tokens: (TokenEndpointResponse & TokenEndpointResponseHelpers) | undefined;
  /** Other accounts of the person at this client. */
  others: string[];
}

/** Told of what happens, as it happens. */
export interface Narrator {
  step(name: string, outcome: Outcome): void;
  /** A sentence between steps, by its key. */
  say(key: string, params: Record<string, string | number>): void;
}
