import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type ConsoleDeps, consoleRouters } from '#idp/console-app.ts';
import { isDeed, reachOf } from '#idp/permissions/index.ts';

const ADMINISTRATOR = { role: 'hpa_admin', unitCode: '', managed: [] } as const;

/** Every page of the console an administrator may ask for without naming one thing, lists with their filters too. */
export function listAddresses(): string[] {
  const cases = JSON.parse(
    readFileSync(path.join(import.meta.dirname, 'labels/cases.json'), 'utf8'),
  ) as Record<string, string[]>;
  // answers every question with more of itself: enough to learn which routes there are
  const anything: unknown = new Proxy(() => anything, {
    get: (_target, name) => (name === Symbol.toPrimitive ? () => '1' : anything),
    apply: () => anything,
  });
  return consoleRouters(anything as ConsoleDeps)
    .flatMap(({ entries }) => entries)
    .filter(({ method, path: address }) => method === 'GET' && !address.includes(':') && !isFile(address))
    .filter(({ deed }) => isDeed(deed) && reachOf({ ...ADMINISTRATOR, managed: [] }, deed))
    .flatMap(({ path: address }) => [
      address,
      ...(cases[address] ?? []).map((query) => address + encodeURI(query)),
    ]);
}

/** Answers with a file, not a page. */
function isFile(address: string): boolean {
  return /\/(export|template|report)$/.test(address);
}
