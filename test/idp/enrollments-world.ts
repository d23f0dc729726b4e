import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { people, units } from '#db/idp/seed/world.ts';
import { nationalIdIndex, sealNationalId } from '#idp/accounts/index.ts';
import { type PasswordHasher, createPasswordHasher, loadVoices } from '#idp/authenticators/index.ts';
import {
  type EnrollmentDeps,
  applicationRoutes,
  cardRoutes,
  confirmationRoutes,
  progressRoutes,
} from '#idp/enrollments/index.ts';
import { renderLetter } from '#idp/notifications/letter.ts';
import { applyManifest, createClientRegistry, readManifest } from '#idp/subsystems/index.ts';
import { unitRoutes } from '#idp/units/index.ts';
import { boundary } from '#kit/http/boundary.ts';
import type { RequestState } from '#kit/http/context.ts';
import { requestState } from '#kit/http/request.ts';
import { sameOriginOnly } from '#kit/http/same-origin.ts';
import { createLog } from '#kit/log.ts';
import { loadAssets } from '#templates/assets.ts';
import { createRenderer } from '#templates/engine.ts';
import { type TestDatabase, keyring, openTestDatabase } from './sign-in-people.ts';

export const CAPTCHA = '24680';
export const PASSWORD = 'Sturdy*Boat7Lamp';
export const HOSPITAL = '9876543210';
export const STATION = '2311170010';

const MANIFESTS = ['mch-app/manifest.json', 'examples/subsystem/manifests/cancer.json'];
const ORIGINS = { MCH_ORIGIN: 'http://localhost:4000', CANCER_ORIGIN: 'http://localhost:4100' };

export interface Letter {
  kind: string;
  to: string;
  subject: string;
  text: string;
}

/** Applications served over HTTP on a real database with the demo's units, people and manifests. */
export interface World {
  database: TestDatabase;
  base: string;
  services: EnrollmentDeps;
  /** Moves the clock. */
  now: { at: Date };
  /** Mails written so far, newest last. */
  letters(): Promise<Letter[]>;
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const database = await openTestDatabase();
  const { db } = database;
  const log = createLog('test', 'silent');
  const hasher: PasswordHasher = await createPasswordHasher({ memoryKib: 64, time: 1 }, log);
  const now = { at: new Date('2026-11-22T04:00:00Z') };
  const clock = (): Date => now.at;
  await seed(database);
  for (const file of MANIFESTS) {
    const reading = readManifest(readFileSync(file, 'utf8'), ORIGINS);
    if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
    await applyManifest({ db, clock, keyring }, reading.manifest, 'a-synthetic-secret-for-tests');
  }
  const renderer = createRenderer({ assets: loadAssets() });
  const services: EnrollmentDeps = {
    db,
    clock,
    keyring,
    issuer: '',
    renderer,
    registry: await createClientRegistry(db),
    hasher,
    rules: 'deck',
    newCaptchaAnswer: () => CAPTCHA,
    voices: loadVoices(),
    trustedProxyHops: 0,
    secure: false,
    page: (ctx) => ({ locale: ctx.state.locale, path: ctx.url, app: 'idp' }),
  };
  const app = new Koa<RequestState>();
  // the port is part of the links, so it is known before the pages are
  const server = createServer((req, res) => void app.callback()(req, res));
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const base = `http://localhost:${(server.address() as AddressInfo).port}`;
  services.issuer = base;
  app.use(requestState());
  app.use(
    boundary(log, (ctx, failure) => {
      ctx.type = 'html';
      ctx.body = `fault:${failure.code}`;
      return Promise.resolve();
    }),
  );
  app.use(sameOriginOnly(base));
  app.use(unitRoutes({ db }).routes());
  app.use(applicationRoutes(services).routes());
  app.use(confirmationRoutes(services).routes());
  app.use(progressRoutes(services).routes());
  app.use(cardRoutes(services).routes());

  return {
    database,
    base,
    services,
    now,
    async letters() {
      const rows = await db.selectFrom('mail_message').selectAll().orderBy('id').execute();
      return rows.map((row) => {
        const letter = renderLetter(keyring, {
          kind: row.kind,
          dedupeKey: row.dedupe_key,
          contentSealed: row.content_sealed ?? undefined,
          locale: row.locale,
        });
        return { kind: row.kind, to: letter.to.address, subject: letter.subject, text: letter.text };
      });
    },
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await hasher.stop();
      await database.close();
    },
  };
}

async function seed({ db }: TestDatabase): Promise<void> {
  for (const { nameEn, ...unit } of units) {
    await db
      .insertInto('unit')
      .values({ ...unit, name_en: nameEn })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  for (const person of people) {
    const id = crypto.randomUUID();
    await db
      .insertInto('account')
      .values({
        id,
        person_no: person.personNo,
        login_name: person.loginName,
        name: person.name,
        title: person.title,
        email: `${person.loginName}@example.test`,
        phone: '02-12345678',
        unit_code: person.unitCode,
        role: person.role,
        status: 'active',
        national_id_sealed: sealNationalId(keyring, person.nationalId, id),
        national_id_index: nationalIdIndex(keyring, person.nationalId),
      })
      .execute();
  }
}
