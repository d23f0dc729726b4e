import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type JWK, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { ConfigurationError } from '#kit/errors.ts';
import { randomToken } from '#kit/random.ts';
import type { KeyTimes } from './policy.ts';

/** A federation key of an authority. */
export interface AuthorityKey extends KeyTimes {
  privateJwk: JWK;
}

const date = z.iso.datetime().transform((text) => new Date(text));
const schema = z.strictObject({
  keys: z.array(
    z.strictObject({
      kid: z.string(),
      privateJwk: z.looseObject({ kty: z.literal('EC'), d: z.string() }),
      publishFrom: date,
      signFrom: date,
      signUntil: date.optional(),
      publishUntil: date.optional(),
    }),
  ),
});

const OTHERS = 0o077;

export async function makeKey(now: Date): Promise<AuthorityKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const privateJwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(privateJwk);
  const times = { publishFrom: now, signFrom: now, signUntil: undefined, publishUntil: undefined };
  return { kid, privateJwk, ...times };
}

/** Whether there is a file of keys, be it readable or not: none is ever written over. */
export function hasKeys(folder: string): Promise<boolean> {
  return stat(path.join(folder, 'keys.json')).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

/** @throws ConfigurationError when there are none, or others on the machine may read them */
export async function readKeys(folder: string): Promise<AuthorityKey[]> {
  const file = path.join(folder, 'keys.json');
  let text: string;
  try {
    const { mode } = await stat(file);
    if ((mode & OTHERS) !== 0) throw new ConfigurationError(`${file} must be its owner's alone (chmod 600)`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new ConfigurationError(`${file} cannot be read; idp authority init makes it`);
  }
  return schema.parse(JSON.parse(text)).keys.map((key) => ({
    ...key,
    signUntil: key.signUntil,
    publishUntil: key.publishUntil,
    privateJwk: key.privateJwk as JWK,
  }));
}

/** Whole or not at all; what was there before is replaced. */
export async function writeKeys(folder: string, keys: readonly AuthorityKey[]): Promise<void> {
  await writeWhole(path.join(folder, 'keys.json'), JSON.stringify({ keys }, null, 2), 0o600);
}

export async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${randomToken(8)}`;
  await writeFile(beside, text, { mode, flag: 'wx' });
  await rename(beside, file);
}
