import { createHash } from 'node:crypto';
import { FIXED_CAPTCHA } from '../test/support/journey.ts';
import { type Answer, Connection, type ConnectionOptions, locationOf } from './connection.ts';
import { faceOf } from './servers/our-face.ts';
import type { ServerFace } from './servers/types.ts';

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
  readonly face: ServerFace;
  readonly #number: number;
  readonly #client: PartyClient;
  readonly #credentials: Record<string, string>;

  /** @param server its face, or what tells ours */
  constructor(
    server: ServerFace | { issuer: string; clientSecret: string },
    number: number,
    options: ConnectionOptions & { client?: PartyClient } = {},
  ) {
    this.face = 'endpoints' in server ? server : faceOf(server);
    this.#client = options.client ?? this.face.clients.confidential;
    const { id, secret } = this.#client;
    this.connection = new Connection(this.face.issuer, options);
    this.accounts = this.face.accountsOf?.(number) ?? ['', ''];
    this.#number = number;
    const basic = Buffer.from(`${id}:${secret ?? ''}`).toString('base64');
    this.#credentials = secret === undefined ? {} : { authorization: `Basic ${basic}` };
  }

  /** Goes through the sign-in pages and redeems the code. */
  async signIn(): Promise<TokenSet> {
    return this.redeem(await this.enter());
  }

  /** Goes through the sign-in pages. @returns the redirect with the code */
  async enter(): Promise<Answer> {
    this.connection.forgetCookies();
    const begun = await this.authorize(this.face.accountOf?.(this.#number, this.#client) ?? {});
    return this.face.signIn(this.connection, begun, this.#number);
  }

  /** Opens the sign-in page and sends it this. @returns milliseconds from sending the form to its answer */
  async tryPassword(account: string, password: string): Promise<number> {
    this.connection.forgetCookies();
    const page = new URL(locationOf(await this.authorize({})), this.face.issuer).pathname;
    await this.connection.send(page);
    const from = performance.now();
    const answer = await this.connection.send(
      `${page}/password`,
      { origin: this.face.issuer },
      { account, password, captcha: FIXED_CAPTCHA },
    );
    const took = performance.now() - from;
    if (locationOf(answer) !== page) throw new Error(`a wrong password led to ${locationOf(answer)}`);
    return took;
  }

  authorize(extra: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const parameters = new URLSearchParams({ ...this.request(), ...extra });
    return this.connection.send(`${this.face.endpoints.authorization}?${parameters.toString()}`, headers);
  }

  /** A pushed request, then the authorization that names it. */
  async authorizePushed(extra: Record<string, string>): Promise<Answer> {
    const { status, body } = await this.post(this.face.endpoints.par, { ...this.request(), ...extra });
    if (status !== 201) throw new Error(`answer ${status}: ${body.slice(0, 200)}`);
    const { request_uri } = JSON.parse(body) as { request_uri: string };
    const named = new URLSearchParams({ client_id: this.#client.id, request_uri });
    return this.connection.send(`${this.face.endpoints.authorization}?${named.toString()}`);
  }

  /** An authorization request. */
  request(): Record<string, string> {
    return {
      client_id: this.#client.id,
      response_type: 'code',
      redirect_uri: this.#client.redirectUri,
      scope: this.face.scope,
      state: 'state',
      nonce: 'nonce',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    };
  }

  async redeem(answer: Answer): Promise<TokenSet> {
    const code = codeOf(answer);
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
    return JSON.parse(expectOk(await this.post(this.face.endpoints.token, form)).body) as TokenSet;
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

function codeOf(answer: Answer): string {
  const { searchParams } = new URL(locationOf(answer));
  const code = searchParams.get('code');
  if (code === null) throw new Error(`no code but ${searchParams.toString()}`);
  return code;
}
