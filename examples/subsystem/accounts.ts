import { scrypt, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/*
 * The accounts this system had before it joined, with passwords of its own: what stands in your database. Who
 * binds one at the single entry proves it by that password once.
 */
export interface LocalAccount {
  name: string;
  nationalId: string;
  /** scrypt of the password, base64, and its salt. */
  salt: string;
  password: string;
  unit: string;
  role: string;
  duty: string;
  menuRoles: string[];
}

const NOBODY = { salt: 'bm9ib2R5', password: Buffer.alloc(32).toString('base64') };

/** @returns undefined when the system keeps no accounts of its own */
export function loadAccounts(code: string): LocalAccount[] | undefined {
  const file = new URL(`accounts/${code}.json`, import.meta.url);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LocalAccount[]) : undefined;
}

/** The account when the password is its own. An unknown name costs the same work. */
export async function findProven(
  accounts: LocalAccount[],
  name: string,
  password: string,
): Promise<LocalAccount | undefined> {
  const account = accounts.find((each) => each.name === name);
  const { salt, password: kept } = account ?? NOBODY;
  const tried = await derive(password, Buffer.from(salt, 'base64'));
  return timingSafeEqual(tried, Buffer.from(kept, 'base64')) ? account : undefined;
}

/** scrypt with N 2^15, r 8, p 1: 32 bytes. The single entry proves ID numbers with the same. */
export function derive(secret: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, 32, { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
