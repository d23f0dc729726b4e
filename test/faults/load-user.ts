import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import type { Answer, Connection } from '../../bench/connection.ts';
import { Party, type PartyClient, type TokenSet } from '../../bench/party.ts';
import { CLIENT_ID, loginNameOf, publicAccountOf } from '../../bench/people.ts';
import { createCookieJar } from '../support/cookie-jar.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { ACCESS_TOKEN, EXCHANGE } from '../support/relying-party.ts';
import type { Ledger, Operation, Use } from './ledger.ts';

const ANSWER_MS = 15_000;
const PATIENCE_MS = 60_000;

export interface LoadTarget {
  issuer: string;
  clientSecret: string;
  /** Origin of the relying parties. */
  rpOrigin: string;
}

/** Who refused: the balancer, or a replica with what it said. */
function refusalOf({ status, headers, body }: Answer): string {
  if (headers['x-refused-by'] !== undefined) return `${status} by the balancer`;
  return `${status} ${/"error":"(\w+)"/.exec(body)?.[1] ?? headers['content-type'] ?? ''}`;
}

/** Every other person works with a public client, whose refresh tokens rotate; only the other one may exchange. */
function clientOf({ clientSecret, rpOrigin }: LoadTarget, number: number): PartyClient {
  return number % 2 === 0
    ? { id: CLIENT_ID, secret: clientSecret, redirectUri: 'http://localhost/callback' }
    : { id: 'spa-app', secret: undefined, redirectUri: `${rpOrigin}/callback` };
}

/**
 * A person at a browser with a relying party behind it. Does what real ones do when something fails: tries again, looks
 * at the page again, asks for a silent sign-in when a token is gone, and writes down everything.
 */
export class LoadUser {
  readonly number: number;
  readonly #target: LoadTarget;
  readonly #ledger: Ledger;
  readonly #party: Party;
  readonly #client: PartyClient;
  readonly #firstAccount: string;
  readonly #jar = createCookieJar();
  readonly #console: Connection | undefined;
  readonly #isStopped: () => boolean;
  #operation: Operation = 'sign-in';
  #tokens: TokenSet | undefined;
  #isSignedIn = false;
  #turn = 0;

  constructor(
    target: LoadTarget,
    number: number,
    ledger: Ledger,
    isStopped: () => boolean,
    console?: Connection,
  ) {
    this.number = number;
    this.#target = target;
    this.#ledger = ledger;
    this.#isStopped = isStopped;
    this.#console = console;
    this.#client = clientOf(target, number);
    this.#party = new Party(target, number, {
      client: this.#client,
      jar: this.#jar,
      localAddress: `127.0.${1 + Math.floor(number / 250)}.${1 + (number % 250)}`,
      timeoutMs: ANSWER_MS,
      onEnd: (path, answer, ms) => this.note(path, answer, ms),
    });
    this.#firstAccount = this.#isPublic ? publicAccountOf(number) : this.#party.accounts[0];
  }

  get #isPublic(): boolean {
    return this.#client.secret === undefined;
  }

  /** Writes a request into the ledger. */
  note(path: string, answer: Answer | Error, ms: number): void {
    const { requests } = this.#ledger;
    requests.push({
      id: requests.length,
      user: this.number,
      operation: this.#operation,
      path: path.split('?')[0] ?? path,
      at: this.#ledger.now() - ms,
      ms,
      // not by instanceof: the errors of Node's own modules are of another realm than a test's
      ...('body' in answer
        ? { status: answer.status, ...(answer.status >= 500 && { error: refusalOf(answer) }) }
        : { status: 0, error: answer.message }),
    });
  }

  close(): void {
    this.#party.close();
  }

  async do(operation: Operation): Promise<void> {
    this.#operation = operation;
    if (operation === 'sign-in') return this.signIn();
    if (operation === 'console' && this.#console) return this.#readConsole(this.#console);
    if (!this.#tokens) await this.#renew();
    this.#operation = operation;
    if (!this.#tokens) return undefined;
    if (operation === 'refresh' || (operation === 'exchange' && this.#isPublic))
      return this.#refresh(this.#tokens);
    if (operation === 'exchange' && !this.#isPublic) return this.#exchange(this.#tokens);
    return this.#read(this.#tokens);
  }

  /** Signs out where somebody is signed in, and goes through every page of a sign-in. */
  async signIn(): Promise<void> {
    this.#operation = 'sign-in';
    if (this.#isSignedIn) await this.#signOut();
    this.#jar.clear();
    this.#tokens = undefined;
    const entry = { user: this.number, at: this.#ledger.now(), done: 'unknown' as 'unknown' | 'yes' };
    this.#ledger.signIns.push(entry);
    const callback = await this.#walk(() => this.#party.authorize({ account: this.#firstAccount }));
    if (!callback) return;
    entry.done = 'yes';
    this.#isSignedIn = true;
    await this.#redeem(callback);
  }

  /** New tokens for the session there is; by a whole sign-in when there is none. */
  async #renew(): Promise<void> {
    if (!this.#isSignedIn) return this.signIn();
    const callback = await this.#walk(() => this.#party.authorize({ prompt: 'none' }));
    if (!callback) return undefined;
    const refusal = callback.searchParams.get('error');
    if (refusal !== null) {
      this.#isSignedIn = false;
      this.#ledger.lostSessions.push(
        `user ${this.number} at ${this.#ledger.now().toFixed(0)} ms: ${refusal}`,
      );
      return undefined;
    }
    return this.#redeem(callback);
  }

  /** Follows a browser's way until it is back at the relying party. */
  async #walk(begin: () => Promise<Answer>): Promise<URL | undefined> {
    let failures = 0;
    let page = '';
    const until = performance.now() + PATIENCE_MS;
    let next = begin;
    for (let step = 0; step < 60 && performance.now() < until && !this.#isStopped(); step += 1) {
      const answer = await next().catch(() => undefined);
      if (!answer || answer.status >= 500) {
        failures += 1;
        await sleep(100 + 150 * Math.random());
        // looked at again: a form may have been taken although its answer was lost
        if (page !== '') next = () => this.#party.connection.send(page);
        continue;
      }
      const to = answer.headers.location;
      if (to?.startsWith(this.#client.redirectUri)) {
        if (failures > 0) this.#ledger.resumed += 1;
        return new URL(to);
      }
      if (to !== undefined) {
        const { pathname, search } = new URL(to, this.#target.issuer);
        page = pathname + search;
        next = () => this.#party.connection.send(page);
      } else if (answer.status === 200 && answer.body.includes('name="captcha"')) {
        const form = { account: loginNameOf(this.number), password: DEMO_PASSWORD, captcha: FIXED_CAPTCHA };
        const headers = { origin: this.#target.issuer };
        next = () => this.#party.connection.send(`${page.split('?')[0]}/password`, headers, form);
      } else {
        if (failures === 0) this.#surprise(`${answer.status} at ${page}`);
        this.#ledger.restarted += 1;
        this.#jar.clear();
        [next, page, failures] = [begin, '', failures + 1];
      }
    }
    return undefined;
  }

  async #redeem(callback: URL): Promise<void> {
    const code = callback.searchParams.get('code') ?? '';
    if (code === '') return this.#surprise(`no code but ${callback.search}`);
    this.#tokens = await this.#use('code', code, this.#party.redemption(code));
    return undefined;
  }

  async #refresh({ refresh_token: token }: TokenSet): Promise<void> {
    this.#tokens = await this.#use('refresh', token, { grant_type: 'refresh_token', refresh_token: token });
  }

  async #exchange({ access_token: token }: TokenSet): Promise<void> {
    this.#turn += 1;
    const account = this.#party.accounts[this.#turn % 2] ?? '';
    const form = { grant_type: EXCHANGE, subject_token: token, subject_token_type: ACCESS_TOKEN, account };
    this.#tokens = await this.#use('exchange', token, form, account);
  }

  /** Presents a credential that works once; when no answer comes, once more, as clients do. */
  async #use(
    kind: Use['kind'],
    credential: string,
    form: Record<string, string>,
    account?: string,
  ): Promise<TokenSet | undefined> {
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const use: Use = {
        ...{ kind, credential, client: this.#client, once: kind !== 'refresh' || this.#isPublic },
        ...{ user: this.number, at: this.#ledger.now(), done: 'unknown' },
        ...(account !== undefined && { account }),
      };
      this.#ledger.uses.push(use);
      const answer = await this.#party.post('/oidc/token', form).catch(() => undefined);
      if (answer?.status === 200) {
        use.done = 'yes';
        const issued = JSON.parse(answer.body) as TokenSet;
        if (kind === 'refresh') issued.refresh_token ??= credential;
        use.issued = issued;
        return issued;
      }
      if (answer && answer.status < 500) {
        use.done = 'no';
        if (attempt === 1) this.#surprise(`${kind}: ${answer.status} ${answer.body.slice(0, 200)}`);
        return undefined;
      }
      await sleep(200 + 200 * Math.random());
    }
    return undefined;
  }

  async #read({ access_token: token }: TokenSet): Promise<void> {
    this.#turn += 1;
    const isUserinfo = this.#isPublic || this.#turn % 2 === 0;
    const answer = await (
      isUserinfo
        ? this.#party.connection.send('/oidc/userinfo', { authorization: `Bearer ${token}` })
        : this.#party.post('/oidc/introspection', { token })
    ).catch(() => undefined);
    if (!answer || answer.status >= 500) return;
    if (answer.status !== 200 || answer.body.includes('"active":false')) {
      this.#tokens = undefined;
      this.#surprise(
        `${isUserinfo ? 'userinfo' : 'introspection'}: ${answer.status} ${answer.body.slice(0, 100)}`,
      );
    }
  }

  async #readConsole(connection: Connection): Promise<void> {
    this.#turn += 1;
    const answer = await connection
      .send(this.#turn % 2 === 0 ? '/console' : '/console/accounts')
      .catch(() => undefined);
    if (answer && answer.status < 500 && answer.status !== 200) this.#surprise(`console: ${answer.status}`);
  }

  async #signOut(): Promise<void> {
    const cookie = this.#jar.header(new URL('/', this.#target.issuer));
    const entry = { user: this.number, at: this.#ledger.now(), cookie, done: 'unknown' as 'unknown' | 'yes' };
    this.#ledger.signOuts.push(entry);
    const headers = { origin: this.#target.issuer };
    const answer = await this.#party.connection.send('/sign-out', headers, {}).catch(() => undefined);
    if (answer && answer.status < 400) entry.done = 'yes';
    else if (answer && answer.status < 500) this.#surprise(`sign-out: ${answer.status}`);
    this.#isSignedIn = false;
  }

  #surprise(what: string): void {
    this.#ledger.surprises.push(`user ${this.number} at ${this.#ledger.now().toFixed(0)} ms: ${what}`);
  }
}
