import type { Answer, Connection } from '../connection.ts';
import type { PartyClient } from '../party.ts';

export interface Endpoints {
  authorization: string;
  token: string;
  userinfo: string;
  introspection: string;
  par: string;
  jwks: string;
  discovery: string;
}

/** How a server is asked: all that the load of a person and a relying party has to know of it. */
export interface ServerFace {
  issuer: string;
  /** Paths below the issuer. */
  endpoints: Endpoints;
  /** With a secret it may use every grant that is measured; without one its refresh tokens rotate. */
  clients: { confidential: PartyClient; public: PartyClient };
  /** Asked for at a sign-in. */
  scope: string;
  /** Asked for by client credentials; without one their tokens are opaque. */
  resource: { identifier: string; scope: string };
  /**
   * From the redirect to the sign-in pages to the one that leads back to the relying party, as person `person`.
   * @throws Error when a page is another than expected
   */
  signIn(connection: Connection, begun: Answer, person: number): Promise<Answer>;
  /** Parameters of an authorization request beyond the standard's, by which the sign-in asks nothing more. */
  accountOf?(person: number, client: PartyClient): Record<string, string>;
  /** The accounts a person switches between, where the server knows any. */
  accountsOf?(person: number): [string, string];
}

export interface RunningServer {
  face: ServerFace;
  /** Whose CPU and memory count; each with its descendants. */
  processes: Record<string, number>;
  databaseUrl?: string;
  stop(): Promise<void>;
}

/** A server to measure: one file each in this folder, listed in index.ts. */
export interface ServerPlugin {
  name: string;
  /** Keys of the scenarios it takes part in (../scenarios.ts); undefined is all. */
  scenarios?: readonly string[];
  start(people: number): Promise<RunningServer>;
}
