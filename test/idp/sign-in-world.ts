import { type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import {
  type PasswordHasher,
  createPasswordHasher,
  enrolTotp,
  loadVoices,
  setPassword,
} from '#idp/authenticators/index.ts';
import type { BoundAccount } from '#idp/bindings/index.ts';
import {
  type InteractionFacts,
  type SignInPort,
  type SignInResult,
  signInRoutes,
} from '#idp/sign-in/index.ts';
import { Fault } from '#kit/errors.ts';
import { boundary } from '#kit/http/boundary.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { requestState } from '#kit/http/request.ts';
import { securityHeaders } from '#kit/http/security-headers.ts';
import { createLog } from '#kit/log.ts';
import { loadAssets } from '#templates/assets.ts';
import { createRenderer } from '#templates/engine.ts';
import { flushWrites } from '#idp/oidc/storage/flush.ts';
import { noWrites } from '#idp/oidc/storage/writes.ts';
import { interaction } from './sign-in-facts.ts';
import {
  type TestDatabase,
  type TestPerson,
  insertPerson,
  keyring,
  openTestDatabase,
} from './sign-in-people.ts';

export const PASSWORD = 'Formosa*2026Demo';
export const CAPTCHA = '24680';

/** The sign-in feature served over HTTP on a real database; only the protocol edge is a double. */
export interface World {
  database: TestDatabase;
  base: string;
  now: Date;
  /** How often a password was compared with a hash. */
  verifications: number;
  hasher: PasswordHasher;
  /** Too many others wait with their passwords. */
  isCrowded: boolean;
  interactions: Map<string, { facts: InteractionFacts; result?: SignInResult; aborted?: true }>;
  accounts: Map<string, BoundAccount[]>;
  passwordChanges: string[];
  addPerson(
    person: TestPerson & { password?: string; changedAt?: Date; mustChange?: boolean },
  ): Promise<string>;
  /** @returns the TOTP secret */
  addTotp(accountId: string): Promise<string>;
  begin(uid: string, facts?: Partial<InteractionFacts>): void;
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const database = await openTestDatabase();
  const log = createLog('test', 'silent');
  const hasher = await createPasswordHasher({ memoryKib: 2048, time: 1 }, log);
  const interactions: World['interactions'] = new Map();

  const entryOf = (uid: string) => {
    const entry = interactions.get(uid);
    if (!entry || entry.result || entry.aborted) throw new Fault('interaction_expired');
    return entry;
  };
  const end = (ctx: Context, facts: InteractionFacts) => {
    ctx.status = 303;
    ctx.redirect(facts.returnTo);
  };
  const port: SignInPort = {
    // the browser's cookie, as far as this test goes, is a header
    load: async (ctx) => structuredClone(entryOf(ctx.get('x-browser-interaction')).facts),
    save: async (_ctx, facts, progress) => {
      entryOf(facts.uid).facts.progress = structuredClone(progress);
    },
    finish: async (ctx, facts, result, signedIn) => {
      if (signedIn)
        await flushWrites(database.pools[0], { ...noWrites(), signedIn, audits: [signedIn.event] });
      entryOf(facts.uid).result = result;
      end(ctx, facts);
    },
    abort: async (ctx, facts) => {
      entryOf(facts.uid).aborted = true;
      end(ctx, facts);
    },
  };

  const world: World = {
    database,
    base: '',
    now: new Date('2026-03-02T04:00:00Z'),
    verifications: 0,
    hasher,
    isCrowded: false,
    interactions,
    accounts: new Map(),
    passwordChanges: [],
    async addPerson(person) {
      const accountId = await insertPerson(database.db, person);
      const { password = PASSWORD, changedAt = world.now, mustChange = false } = person;
      await database.db
        .transaction()
        .execute((trx) => setPassword(trx, hasher, { accountId, password, at: changedAt, mustChange }));
      return accountId;
    },
    addTotp: (accountId) => enrolTotp(database.db, keyring, { accountId, at: world.now }),
    begin(uid, facts = {}) {
      interactions.set(uid, { facts: interaction({ uid, returnTo: `/oidc/auth/${uid}`, ...facts }) });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await hasher.stop();
      await database.close();
    },
  };

  const router = signInRoutes({
    db: database.db,
    clock: () => world.now,
    keyring,
    renderer: createRenderer({ assets: loadAssets() }),
    port,
    hasher: {
      ...hasher,
      inTurn: (work) => (world.isCrowded ? Promise.reject(new Fault('service_busy')) : hasher.inTurn(work)),
      verify: (hash, password) => {
        world.verifications += 1;
        return hasher.verify(hash, password);
      },
    },
    rules: 'deck',
    phishingResistantRoles: new Set(),
    newCaptchaAnswer: () => CAPTCHA,
    voices: loadVoices(),
    issuer: 'https://portal.example.test',
    trustedProxyHops: 0,
    demo: false,
    listBoundAccounts: async ({ accountId, subsystemAccountId, query = '', limit = 100, offset = 0 }) => {
      const mine = (world.accounts.get(accountId) ?? [])
        .filter((account) => subsystemAccountId === undefined || account.id === subsystemAccountId)
        .filter((account) => account.binding.includes(query));
      return { total: mine.length, accounts: mine.slice(offset, offset + limit) };
    },
    pageNotices: () => ({ lines: [], windows: [] }),
    onPasswordChanged: async (_trx, _facts, accountId) => {
      world.passwordChanges.push(accountId);
    },
  });
  const app = new Koa<RequestState>();
  app.use(requestState());
  app.use(securityHeaders(false));
  app.use(
    boundary(log, async (ctx, failure) => {
      ctx.body = `fault.${failure.code}`;
    }),
  );
  app.use(router.routes());
  const server: Server = await new Promise((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  world.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return world;
}
