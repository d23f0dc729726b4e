import type { AdapterPayload } from 'oidc-provider';
import type { AuditEvent } from '../../audit/index.ts';
import type { NewMessage } from '../../messages/index.ts';
import type { UpstreamTie } from '../../federation/index.ts';
import type { ArtefactPlace } from './artefact-id.ts';
import type { SessionClient } from './facts.ts';
import type { RegistrationWrites } from './registration-writes.ts';
import type { WaitingFacts } from './read-waiting.ts';

export interface ArtefactKey extends ArtefactPlace {
  digest: Buffer;
}

export interface ArtefactWrite extends ArtefactKey {
  payload: AdapterPayload;
}

export interface SessionWrite {
  uid: string;
  digest: Buffer;
  payload: AdapterPayload;
  /** Whether the row was there when this request began: then it may only be updated, never brought back. */
  exists: boolean;
  expiresAt: Date;
  activeAt: Date;
  previousSignInAt: Date | undefined;
  upstream: UpstreamTie | undefined;
  ip: string | undefined;
  userAgent: string | undefined;
}

export interface GrantWrite {
  id: string;
  payload: AdapterPayload;
  accountId: string;
  clientId: string;
  sessionUid: string | undefined;
  subsystemAccountId: string | undefined;
}

/** Moves a session's client from one grant to another; refused when it no longer holds the first. */
export interface GrantMove {
  sessionUid: string;
  clientId: string;
  from: string;
  to: string;
  subsystemAccountId: string;
}

/** A request that waits for an answer elsewhere, made anew or, from the state it was read in, changed. */
export interface WaitingWrite {
  digest: Buffer;
  /** What pages name it by. */
  handle: string;
  kind: string;
  clientId: string;
  accountId: string | undefined;
  userCodeDigest: Buffer | undefined;
  sealed: Buffer;
  state: WaitingFacts['state'];
  expectedState: WaitingFacts['state'] | undefined;
  expiresAt: Date;
  /** What its client is to be notified with, sealed; only as it is made. */
  ping?: Buffer | undefined;
}

/** Everything one request wants written, as one statement: all of it or, when a condition fails, nothing. */
export interface Writes {
  inserts: ArtefactWrite[];
  consumes: (ArtefactKey & { kind: string })[];
  removals: ArtefactKey[];
  /** One that was there when the request began may only be changed, never brought back. */
  interaction?:
    | {
        digest: Buffer;
        payload: AdapterPayload;
        exists: boolean;
        /**
         * What the journey had proven when this step was judged: a step judged on older facts writes nothing. A mere message about a wrong entry counts for nothing here.
         */
        expectedProgress?: object;
      }
    | undefined;
  /** An interaction ends once: its row must still be there, without an answer. The sealed answer stays for a moment. */
  interactionEnd?: { digest: Buffer; answer?: Buffer } | undefined;
  session?: SessionWrite | undefined;
  sessionEnd?: { uid: string } | undefined;
  sessionTouch?: { uid: string; activeAt: Date; expiresAt: Date } | undefined;
  sessionClients: {
    sessionUid: string;
    clientId: string;
    value: SessionClient;
    subsystemAccountId: string | undefined;
  }[];
  sessionClientRemovals: { sessionUid: string; clientId: string }[];
  grantMove?: GrantMove | undefined;
  /** A grant that no session holds ends as another takes its place; refused when it has ended already. */
  grantReplaced?: string | undefined;
  grants: GrantWrite[];
  /** What a token for somebody acting for a person rests on, and does not outlive. */
  heldGrant?: { id: string; accountId: string; subsystemAccountId: string | undefined } | undefined;
  /** One more exchange of a client's, refused beyond `limit` in a minute. */
  exchange?: { clientId: string; minute: number; limit: number } | undefined;
  grantEnds: Set<string>;
  logouts: { clientId: string; accountId: string; sid: string | undefined; cause: string }[];
  waiting?: WaitingWrite | undefined;
  /** The digest of one whose tokens are fetched. */
  waitingFetched?: Buffer | undefined;
  /** A session that must still be there. */
  heldSession?: string | undefined;
  /** To people, inside the portal. */
  messages: NewMessage[];
  registration: RegistrationWrites;
  audits: AuditEvent[];
  signedIn?: { accountId: string; at: Date; upstream: UpstreamTie | undefined } | undefined;
  /** Binding last used at this client, for the portal's order. */
  used?: { subsystemAccountId: string; at: Date } | undefined;
}

export function noWrites(): Writes {
  return {
    inserts: [],
    consumes: [],
    removals: [],
    sessionClients: [],
    sessionClientRemovals: [],
    grants: [],
    grantEnds: new Set(),
    logouts: [],
    messages: [],
    registration: {},
    audits: [],
  };
}

/**
 * What is still written when the answer is an error: what was revoked because of it and its audit records,
 * nothing of what would have been issued.
 */
export function keepRevocations(writes: Writes): Writes {
  const ends = writes.grantMove ? [] : writes.grantEnds;
  const audits = writes.audits.filter(({ type }) => type !== 'subsystem_account.entered');
  const { removals, waiting, exchange } = writes;
  const denied = waiting?.state === 'denied' && { waiting };
  return { ...noWrites(), removals, grantEnds: new Set(ends), audits, exchange, ...denied };
}
