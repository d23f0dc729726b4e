import { z } from 'zod';

const KEY_BYTES = 32;
const MOST_KEYS = 8;
/** 32 random bytes have fewer different ones about never. */
const LEAST_DIFFERENT = 16;

/** For `.meta`: a secret that a program may print, too. */
export const PRINTED_SECRET = { secret: true, commandable: true };

/** The keys as they are written: base64, newest first, separated by commas or lines. */
export function readMasterKeys(text: string): Buffer[] {
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((key) => Buffer.from(key, 'base64'));
}

/** The setting that holds the keys everything else is sealed under. */
export const masterKeys = z
  .string()
  .refine((text) => {
    const keys = readMasterKeys(text);
    return keys.length > 0 && keys.every((key) => key.length === KEY_BYTES);
  }, 'a master key must be 32 bytes in base64 (openssl rand -base64 32)')
  .refine((text) => {
    const keys = readMasterKeys(text);
    return keys.length <= MOST_KEYS && new Set(keys.map((key) => key.toString('hex'))).size === keys.length;
  }, `at most ${MOST_KEYS} keys, each once`);

/** Whether a key was made up by hand: zeros, one byte repeated, a text. */
export function isMadeUp(keys: string): boolean {
  return readMasterKeys(keys).some((key) => new Set(key).size < LEAST_DIFFERENT);
}

/** How to give them otherwise; for the settings' table. */
export const masterKeysCommand = (name: string) =>
  z
    .string()
    .min(1)
    .optional()
    .describe(
      `instead of \`${name}\`: a program that prints it, such as the client of a key management service; a JSON list of words, or words between spaces; run without a shell, at most 20 seconds`,
    );
