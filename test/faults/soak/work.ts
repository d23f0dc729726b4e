import { Party, type TokenSet } from '../../../bench/party.ts';
import { ACCESS_TOKEN, EXCHANGE } from '../../support/relying-party.ts';

export const KINDS = ['sign-in', 'refresh', 'exchange', 'silent sign-in', 'userinfo'] as const;
export type Kind = (typeof KINDS)[number];

/** Milliseconds of every operation of a slice by kind, and what went wrong. */
export interface Tally {
  times: Record<Kind, number[]>;
  errors: string[];
}

export const emptyTally = (): Tally => ({
  times: { 'sign-in': [], refresh: [], exchange: [], 'silent sign-in': [], userinfo: [] },
  errors: [],
});

const ROUNDS = 8;
const REST_MS = 500;

/**
 * People at work without a pause: each signs in, then refreshes, switches accounts, asks who they are and signs in
 * silently, and leaves the session to expire as a closed browser does.
 * @param take hands over what was done since it was last called
 */
export class Crew {
  #tally = emptyTally();
  #isEnding = false;
  readonly #running: Promise<unknown>;

  constructor(world: { issuer: string; clientSecret: string }, people: number) {
    const parties = Array.from(
      { length: people },
      (_none, n) => new Party(world, n, { localAddress: `127.0.2.${1 + n}`, timeoutMs: 15_000 }),
    );
    this.#running = Promise.all(parties.map((party) => this.#live(party)));
  }

  take(): Tally {
    const tally = this.#tally;
    this.#tally = emptyTally();
    return tally;
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#running;
  }

  async #live(party: Party): Promise<void> {
    while (!this.#isEnding) {
      try {
        await this.#session(party);
      } catch (error) {
        this.#tally.errors.push(error instanceof Error ? error.message : String(error));
        await new Promise((resolve) => setTimeout(resolve, REST_MS));
      }
    }
    party.close();
  }

  async #session(party: Party): Promise<void> {
    let tokens = await this.#time('sign-in', () => party.signIn());
    for (let round = 0; round < ROUNDS && !this.#isEnding; round += 1) {
      const { refresh_token } = tokens;
      tokens = {
        ...tokens,
        ...(await this.#time('refresh', () => party.token({ grant_type: 'refresh_token', refresh_token }))),
      };
      if (round % 2 === 1) tokens = await this.#switch(party, tokens, round);
      const { access_token } = tokens;
      await this.#time('userinfo', async () => {
        const { status } = await party.connection.send('/oidc/userinfo', {
          authorization: `Bearer ${access_token}`,
        });
        if (status !== 200) throw new Error(`userinfo answered ${status}`);
      });
      if (round % 4 === 3) {
        tokens = await this.#time('silent sign-in', async () =>
          party.redeem(await party.authorize({ prompt: 'none' })),
        );
      }
    }
  }

  #switch(party: Party, { access_token }: TokenSet, round: number): Promise<TokenSet> {
    const account = party.accounts[((round + 1) / 2) % 2] ?? '';
    return this.#time('exchange', () =>
      party.token({
        grant_type: EXCHANGE,
        subject_token: access_token,
        subject_token_type: ACCESS_TOKEN,
        account,
      }),
    );
  }

  async #time<T>(kind: Kind, deed: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await deed();
    this.#tally.times[kind].push(performance.now() - began);
    return result;
  }
}
