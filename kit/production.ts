import { isLoopback } from './environment.ts';
import { isMadeUp } from './master-keys.ts';
import type { Complain } from './settings.ts';

const EXAMPLE_HOST = /(^|\.)(example|test|invalid|example\.(com|net|org))$/;
const TELLING = new Set([
  ...['secret', 'password', 'passwd', 'example', 'synthetic', 'test', 'tests', 'demo', 'sample', 'default'],
  ...['changeme', 'change', 'admin', 'postgres', 'letmein', 'qwerty', '123456', '12345678'],
]);
const LEAST_DIFFERENT = 8;

/** Whether a secret is one of an example, or of somebody in a hurry. */
export function isExampleSecret(text: string): boolean {
  if (new Set(text).size < LEAST_DIFFERENT) return true;
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => TELLING.has(word));
}

/** A public address in production: https, and no machine of a developer or of a document. */
export function checkPublicAddress(setting: string, value: string, complain: Complain): void {
  if (!value.startsWith('https:')) complain(setting, 'must be https in production');
  if (isLoopback(value)) complain(setting, 'must not be this very machine in production');
  refuseExample(setting, value, complain);
}

/** A database or mail server in production: none of a document, no password that is one. */
export function checkServer(setting: string, value: string | undefined, complain: Complain): void {
  if (value === undefined || !URL.canParse(value)) return;
  refuseExample(setting, value, complain);
  const password = decodeURIComponent(new URL(value).password);
  if (password !== '' && isExampleSecret(password)) complain(setting, 'has a password everybody would try');
}

export function checkMasterKeys(setting: string, value: string, complain: Complain): void {
  if (isMadeUp(value)) complain(setting, 'holds a key that was not made at random (openssl rand -base64 32)');
}

export function checkSecret(setting: string, value: string, complain: Complain): void {
  if (isExampleSecret(value)) complain(setting, 'is a secret of an example: make one at random');
}

function refuseExample(setting: string, value: string, complain: Complain): void {
  if (EXAMPLE_HOST.test(new URL(value).hostname)) complain(setting, 'is an address of an example');
}
