import type { Localized } from '../subsystems/index.ts';

/** What a subsystem without the person's browser asks of them (CIBA), as they are shown it. */
export interface SignInRequest {
  /** What pages name it by; no secret. */
  handle: string;
  clientId: string;
  clientName: Localized;
  state: 'waiting' | 'approved' | 'denied' | 'expired';
  scopes: string[];
  /** What both devices show; undefined where the client sent none. */
  bindingMessage: string | undefined;
  /** The authentication context classes of which one must be reached. */
  requestedAcr: string[];
  /** How many seconds before the client asked the person may have signed in, where it says so. */
  maxAge: number | undefined;
  /** The account the client asks to act as. */
  wantedAccountId: string | undefined;
  askedAt: Date;
  endsAt: Date;
}

/** Whoever answers: their session, as it was just read. */
export interface Answerer {
  uid: string;
  accountId: string;
  acr: string | undefined;
  loginAt: Date;
}

/** What became of an answer: `gone` when it was answered or ended meanwhile, `refused` when the account or session was. */
export type Answered = 'done' | 'gone' | 'refused';

/** The protocol's side of requests that wait. */
export interface SignInRequestPort {
  /** Those that wait for this person, the oldest first. */
  list(accountId: string): Promise<SignInRequest[]>;
  /** One of theirs, answered or not. */
  find(accountId: string, handle: string): Promise<SignInRequest | undefined>;
  /** Grants what was asked, once; checks session, person and account again as it is written. */
  approve(answer: Answer & { sessionUid: string; subsystemAccountId: string | undefined }): Promise<Answered>;
  deny(answer: Answer): Promise<Answered>;
}

export interface Answer {
  accountId: string;
  handle: string;
  caller: { ip: string; userAgent: string; requestId: string };
}
