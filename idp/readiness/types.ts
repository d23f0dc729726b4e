import type { PrivateNetworks } from '#kit/http/outbound.ts';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import type { KeySchedule } from '../signing-keys/index.ts';

/** What the ID token of one attempt is like; `honest` is as for everybody. */
export type Variant =
  'honest' | 'next_key' | 'wrong_nonce' | 'wrong_issuer' | 'wrong_audience' | 'bad_signature';

export type LogoutVariant =
  'wrong_audience' | 'no_events' | 'nonce' | 'expired' | 'unsigned' | 'bad_signature';

/** Texts are `readiness.step-<name>`. */
export type StepName =
  | 'configuration'
  | 'signed_out'
  | 'sign_in'
  | 'next_key'
  | 'wrong_nonce'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'bad_signature'
  | `logout_${LogoutVariant}`
  | 'logout';

/** What to mend; texts are `readiness.mend-<reason>`. */
export type Reason =
  | 'no_readiness'
  | 'no_entry'
  | 'no_logout_uri'
  | 'encrypted_tokens'
  | 'client_disabled'
  | 'unit_unknown'
  | 'always_signed_in'
  | 'probe_unreachable'
  | 'entry_unreachable'
  | 'entry_leads_elsewhere'
  | 'request_refused'
  | 'asks_more'
  | 'code_not_redeemed'
  | 'not_signed_in'
  | 'stale_keys'
  | 'accepted_wrong_nonce'
  | 'accepted_wrong_issuer'
  | 'accepted_wrong_audience'
  | 'accepted_bad_signature'
  | 'bad_logout_obeyed'
  | 'bad_logout_acknowledged'
  | 'logout_unreachable'
  | 'logout_refused'
  | 'logout_ignored'
  | 'earlier_failure';

export interface Step {
  step: StepName;
  outcome: 'passed' | 'failed' | 'not_checked';
  reason?: Reason;
  /** What was seen: a status, an address. Never a token. */
  seen?: string;
  ms: number;
}

export interface Run {
  id: number;
  subsystemCode: string;
  startedAt: Date;
  endedAt: Date | null;
  outcome: 'passed' | 'failed' | 'interrupted' | null;
  steps: Step[];
  /** Who asked; null for an operator's command. */
  by: string | null;
}

export interface ReadinessDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  registry: ClientRegistry;
  config: { issuer: string; privateNetworks: PrivateNetworks; keys: { schedule: KeySchedule } };
  /** The `Cookie` header a browser with this session id sends to us; the protocol's edge knows its form. */
  sessionCookie: (sessionId: string) => string;
}

/** The technical person's session and account during one run. */
export interface RunContext {
  runId: number;
  sessionUid: string;
  accountId: string;
  subsystemAccountId: string;
  clientId: string;
  /** For the entry URI: the account by a handle, as the portal would send it. */
  entry: URL;
  signedInUri: URL;
  logoutUri: URL;
  origins: Set<string>;
  cookie: string;
  /** The next key was announced for this run: a client may not have had time to fetch it. */
  isNewKey: boolean;
}
