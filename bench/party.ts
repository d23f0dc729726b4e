import { createHash } from 'node:crypto';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { FIXED_CAPTCHA } from '../test/support/journey.ts';
import { readText } from '../test/support/html.ts';
import { type Answer, Connection, type ConnectionOptions } from './connection.ts';
import { CLIENT_ID, accountsOf, loginNameOf } from './people.ts';

const VERIFIER = 'a-verifier-that-is-the-same-for-every-run-0123456789';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export interface TokenSet {
  access_token: string;
  refresh_token: string;
}

/** The relying party; without a secret it is a public client. */
export interface PartyClient {
  id: string;
  secret: string | undefined;
  redirectUri: string;
}

/** One worker: a person's browser and the relying party behind it, over one connection. */
export class Party {
  readonly connection: Connection;
  readonly accounts: [string, string];
  readonly #number: number;
  readonly #issuer: string;
  readonly #client: PartyClient;
  readonly #credentials: Record<string, string>;

  constructor(
    world: { issuer: string; clientSecret: string },
    number: number,
    options: ConnectionOptions & { client?: PartyClient } = {},
  ) {
    const redirectUri = 'http://localhost/callback';
    this.#client = options.client ?? { id: CLIENT_ID, secret: world.clientSecret, redirectUri };
    const { id, secret } = this.#client;
    this.connection = new Connection(world.issuer, options);
    this.accounts = accountsOf(number);
    this.#number = number;
    this.#issuer = world.issuer;
    const basic = Buffer.from(`${id}:${secret ?? ''}`).toString('base64');
    this.#credentials = secret === undefined ? {} : { authorization: `Basic ${basic}` };
  }

  /** Goes through the sign-in pages and redeems the code. */
  async signIn(): Promise<TokenSet> {
    this.connection.forgetCookies();
    let answer = await this.authorize({ account: this.accounts[0] });
    const page = new URL(location(answer), this.#issuer).pathname;
    await this.connection.send(page);
    answer = await this.connection.send(
      `${page}/password`,
      { origin: this.#issuer },
      {
        account: loginNameOf(this.#number),
        password: DEMO_PASSWORD,
        captcha: FIXED_CAPTCHA,
      },
    );
    while (!location(answer).startsWith(this.#client.redirectUri)) {
      const { pathname, search } = new URL(location(answer), this.#issuer);
      answer = await this.connection.send(pathname + search);
    }
    return this.redeem(answer);
  }

  /** Opens the sign-in page and sends it this. @returns milliseconds from sending the form to its answer */
  async tryPassword(account: string, password: string): Promise<number> {
    this.connection.forgetCookies();
    const page = new URL(location(await this.authorize({})), this.#issuer).pathname;
    await this.connection.send(page);
    const from = performance.now();
    const answer = await this.connection.send(
      `${page}/password`,
      { origin: this.#issuer },
      { account, password, captcha: FIXED_CAPTCHA },
    );
    const took = performance.now() - from;
    if (location(answer) !== page) throw new Error(`a wrong password led to ${location(answer)}`);
    return took;
  }

  authorize(extra: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const parameters = new URLSearchParams({
      client_id: this.#client.id,
      response_type: 'code',
      redirect_uri: this.#client.redirectUri,
      scope: 'openid profile subsystem_account accounts',
      state: 'state',
      nonce: 'nonce',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      ...extra,
    });
    return this.connection.send(`/oidc/auth?${parameters.toString()}`, headers);
  }

  async redeem(answer: Answer): Promise<TokenSet> {
    const code = new URL(location(answer)).searchParams.get('code') ?? '';
    return this.token(this.redemption(code));
  }

  /** What redeems a code. */
  redemption(code: string): Record<string, string> {
    return {
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.#client.redirectUri,
      code_verifier: VERIFIER,
    };
  }

  async token(form: Record<string, string>): Promise<TokenSet> {
    return JSON.parse(expectOk(await this.post('/oidc/token', form)).body) as TokenSet;
  }

  close(): void {
    this.connection.close();
  }

  post(path: string, form: Record<string, string>): Promise<Answer> {
    const { id, secret } = this.#client;
    const named = secret === undefined ? { client_id: id, ...form } : form;
    return this.connection.send(path, this.#credentials, named);
  }
}

export function expectOk(answer: Answer): Answer {
  if (answer.status !== 200) throw new Error(`answer ${answer.status}: ${answer.body.slice(0, 200)}`);
  return answer;
}

function location(answer: Answer): string {
  const { location: to } = answer.headers;
  if (to === undefined)
    throw new Error(`no redirect but ${answer.status}: ${readText(answer.body).slice(0, 300)}`);
  return to;
}
