import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../support/eventually.ts';
import type { IdpWorld } from '../support/idp-world.ts';
import { type Journey, type Page, createJourney } from '../support/journey.ts';
import type { LyingProvider } from '../support/lying-provider.ts';
import { browserOf } from '../support/relying-party.ts';

export const LINKS = '/account/links';

/** The manifest of a provider that speaks for the demo hospital's people. */
export function manifestOf(provider: LyingProvider, code: string, further: object = {}) {
  return {
    code,
    name: { 'zh-TW': `機構 ${code}`, en: `Institution ${code}` },
    button: { 'zh-TW': `以 ${code} 登入`, en: `Sign in with ${code}` },
    issuer: provider.issuer,
    client: { id: 'single-entry' },
    acr: { ask: ['urn:two'], values: { 'urn:two': 'mfa' }, secondFactors: ['otp'], ceiling: 'mfa' },
    vouchesFor: {
      units: ['9876543210'],
      emailDomains: ['hospital.example.test'],
      roles: ['user', 'unit_manager'],
    },
    shown: 'button',
    ...further,
  };
}

/** Declares providers by the operators' command, and waits until every replica knows them. */
export async function declare(world: IdpWorld, ...manifests: { code: string }[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'providers-'));
  const files = manifests.map((manifest) => {
    const file = path.join(folder, `${manifest.code}.json`);
    writeFileSync(file, JSON.stringify(manifest));
    return file;
  });
  const { output } = await world.command('providers', 'apply', ...files);
  return output;
}

/** A browser at the sign-in page of the portal. */
export async function atSignIn(world: IdpWorld, search = ''): Promise<Journey> {
  const browser = browserOf(world);
  await browser.open(`${world.issuer}/sign-in${search}`);
  return browser;
}

/** Follows the button of a provider on the sign-in page the browser is at. */
export function signInWith(world: IdpWorld, browser: Journey, code: string): Promise<Page> {
  const at = browser.page()?.url.pathname ?? '';
  return browser.open(`${world.issuer}${at}/upstream?provider=${code}`);
}

/** Leaves for the provider and stops before its answer comes back. @returns the answer's address */
export async function answerOf(world: IdpWorld, browser: Journey, code: string): Promise<URL> {
  browser.stopBefore((url) => url.pathname.endsWith('/callback'));
  const { url } = await signInWith(world, browser, code);
  browser.stopBefore(() => false);
  return url;
}

/** Goes to the provider and back from the page of links, up to the question. */
export function departToLink(world: IdpWorld, browser: Journey, code: string): Promise<Page> {
  return browser.open(`${world.issuer}${LINKS}/departure?provider=${code}`);
}

/** Links what the provider says of whoever is there to the account this browser is signed in to. */
export async function link(world: IdpWorld, browser: Journey, code: string): Promise<Page> {
  await departToLink(world, browser, code);
  return browser.submit((form) => form.action.endsWith(LINKS));
}

/** Waits until the sign-in page of every replica offers the provider, or no longer does. */
export async function offered(world: IdpWorld, code: string, isOffered = true): Promise<void> {
  for (const url of world.replicaUrls) {
    await eventually(async () => {
      const page = await createJourney({ via: { [world.issuer]: url } }).open(`${world.issuer}/sign-in`);
      expect(page.html.includes(`provider&#x3D;${code}`)).toBe(isOffered);
    });
  }
}
