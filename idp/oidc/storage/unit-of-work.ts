import { AsyncLocalStorage } from 'node:async_hooks';
import type { AdapterPayload, errors } from 'oidc-provider';
import type { Choice } from '../../account-switching/index.ts';
import type { UpstreamTie } from '../../federation/index.ts';
import type { ArtefactFacts } from './read-artefact.ts';
import type { ClientChoice, SessionRead } from './read-session.ts';
import type { WaitingFacts } from './read-waiting.ts';
import type {
  ActingFacts,
  ChoiceFacts,
  GrantFacts,
  OtherAccount,
  PersonFacts,
  SessionFacts,
} from './facts.ts';
import { type Writes, noWrites } from './writes.ts';

export interface GrantTies {
  subsystemAccountId: string | undefined;
  acting: ActingFacts | undefined;
  sessionUid: string | undefined;
}

/** What a request says about itself before the library has looked at it. */
export interface RequestHints {
  /** The client and account an authorization request names, for the joined session read. */
  choice: ClientChoice | undefined;
  /** Userinfo also answers the `accounts` claim, in the same read. */
  wantsOthers: boolean;
  ip: string;
  userAgent: string;
  requestId: string;
}

/** Longer than any wait for the database that is answered; a code or a session may have expired meanwhile. */
const LONGEST_MS = 15_000;

/** Nothing was written: the request came to its end too late. A passing condition, as PostgreSQL would say it. */
export class TooLate extends Error {
  readonly code = '57014';
}

/**
 * One request's dealings with the database: what its joined reads found, so that nothing is read twice, and what
 * it wants written, flushed as one statement when the library has made its answer.
 */
export class UnitOfWork {
  readonly #begunAt = performance.now();
  readonly hints: RequestHints;
  readonly writes: Writes = noWrites();
  readonly artefacts = new Map<string, Promise<ArtefactFacts | undefined>>();
  readonly grants = new Map<string, GrantFacts | undefined>();
  readonly sessions = new Map<string, SessionFacts | undefined>();
  readonly interactions = new Map<string, AdapterPayload | undefined>();
  readonly people = new Map<string, PersonFacts | undefined>();
  /** Requests that wait for an answer, as their states were read, by digest. */
  readonly waiting = new Map<string, WaitingFacts['state']>();
  /** The last of them that was opened. */
  opened: AdapterPayload | undefined;
  /** The browser's session, once it was looked for. */
  browserSession: SessionRead | undefined;
  choice: ChoiceFacts | undefined;
  /** The person's other accounts at the token's client, read for userinfo only. */
  others: OtherAccount[] = [];
  /** What was decided about the account; undefined for a client that belongs to no subsystem. */
  selection: Choice | undefined;
  /** Set by the sign-in journey's result. */
  previousSignInAt: Date | undefined;
  /** Set by it too: the link that the person came by. */
  upstream: UpstreamTie | undefined;
  /** Claims of a token for a client that acts for the person. */
  delegated: Record<string, unknown> | undefined;
  /** Makes the answer to a client that exchanges too often. */
  refuseTooMany: (() => errors.OIDCProviderError) | undefined;
  /** Told of the client that says it is calling. @throws TooManyRequests */
  namesClient: ((clientId: string) => void) | undefined;
  /** Of an interaction that has ended: its sealed answer. */
  keptAnswer: Buffer | undefined;
  /** Digest of the secret that its browser was told with the end of the sign-in. */
  answerProof: string | undefined;
  /** What each new grant is tied to, by the grant's id. */
  readonly boundTo = new Map<string, GrantTies>();

  /** Whether what it read is too old to act on: the process stood still, or was stopped, in the middle of it. */
  get isStale(): boolean {
    return performance.now() - this.#begunAt > LONGEST_MS;
  }

  constructor(hints: RequestHints) {
    this.hints = hints;
  }
}

const storage = new AsyncLocalStorage<UnitOfWork>();

export function runInUnitOfWork<T>(work: UnitOfWork, run: () => Promise<T>): Promise<T> {
  return storage.run(work, run);
}

/** The unit of work of the request being answered; undefined outside any. */
export function findWork(): UnitOfWork | undefined {
  return storage.getStore();
}

/** The unit of work of the request being answered. @throws Error outside any request */
export function currentWork(): UnitOfWork {
  const work = storage.getStore();
  if (!work) throw new Error('protocol storage is used outside a unit of work');
  return work;
}
