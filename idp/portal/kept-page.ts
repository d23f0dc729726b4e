import { z } from 'zod';
import type { Db } from '#db/idp/tables.ts';
import { type Clock, MINUTE, after } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { saveKeptPage, takeKeptPage } from './store.ts';

const PURPOSE = 'kept-page';
const KEPT_MS = 15 * MINUTE;
const MOST_FIELDS = 60;
const MOST_TEXT = 4000;
/** What the browser sends at most. */
export const MAX_TYPED = 32_000;

/** Never kept, whatever a browser sends: what proves who somebody is. */
const SECRET = /password|passwd|code|captcha|secret|token|response|offer|pin\b/i;

/** What was typed on a page, by the names of its fields. */
export interface KeptPage {
  path: string;
  fields: Record<string, string[]>;
}

interface KeepDeps {
  db: Db;
  keyring: Keyring;
  clock: Clock;
}

const typedSchema = z.record(z.string().max(100), z.array(z.string().max(MOST_TEXT)).max(50));

/** Keeps a page for its person for a quarter of an hour, sealed; the one kept before is gone. */
export async function keepPage(
  { db, keyring, clock }: KeepDeps,
  accountId: string,
  path: string,
  typed: string,
): Promise<void> {
  const content: KeptPage = { path, fields: readTyped(typed) };
  const sealed = keyring.seal(PURPOSE, Buffer.from(JSON.stringify(content)), accountId);
  await saveKeptPage(db, { accountId, sealed, expiresAt: after(clock(), KEPT_MS) });
}

/** Gives a kept page back to the same person, once. */
export async function takePage(
  { db, keyring, clock }: KeepDeps,
  accountId: string,
): Promise<KeptPage | undefined> {
  const sealed = await takeKeptPage(db, accountId, clock());
  if (!sealed) return undefined;
  return JSON.parse(keyring.open(PURPOSE, sealed, accountId).toString('utf8')) as KeptPage;
}

/** What a browser says was typed, without anything that could be a secret; nothing when it is not to be read. */
function readTyped(typed: string): Record<string, string[]> {
  if (typed.length > MAX_TYPED) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(typed);
  } catch {
    return {};
  }
  const read = typedSchema.safeParse(parsed);
  if (!read.success) return {};
  const fields = Object.entries(read.data).filter(([name]) => !SECRET.test(name));
  return Object.fromEntries(fields.slice(0, MOST_FIELDS));
}
