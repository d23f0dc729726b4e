import { mkdirSync } from 'node:fs';
import path from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core';
import type { Locale } from '#kit/http/locale.ts';
import { chromium } from './chromium.ts';

const SCREENSHOTS = path.resolve(import.meta.dirname, '../../.data/screenshots');

/** The two widths every page is looked at in. */
export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

export interface ContextOptions {
  locale?: Locale;
  viewport?: { width: number; height: number };
  javaScript?: boolean;
  colorScheme?: 'light' | 'dark';
}

/** A headless Chromium; the caller closes it. */
export function launchBrowser(): Promise<Browser> {
  return playwright.launch(chromium());
}

/** A fresh browser profile of a person in Taiwan: no cookies, zh-TW unless told otherwise. */
export function newContext(browser: Browser, options: ContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({
    // without it Chromium takes the machine's LANG=C and Intl throws on "en-US@posix"
    locale: options.locale ?? 'zh-TW',
    timezoneId: 'Asia/Taipei',
    viewport: options.viewport ?? WIDE,
    javaScriptEnabled: options.javaScript ?? true,
    colorScheme: options.colorScheme ?? 'light',
    reducedMotion: 'reduce',
  });
}

/** Puts the pop-up of what waits at the MCH system away, where one opened. */
export async function putTodosAway(page: Page): Promise<void> {
  await page.waitForSelector('html[data-scripts=ready]');
  if ((await page.locator('[data-todo-dialog]:modal').count()) === 0) return;
  await page.keyboard.press('Escape');
  await page.locator('[data-todo-dialog]').waitFor({ state: 'hidden' });
}

export interface Violation {
  rule: string;
  help: string;
  /** CSS selectors of the offending elements. */
  elements: string[];
}

/**
 * What axe-core finds wrong on the page as it stands, best practices included. Evaluated through the
 * debugger, so the page's own Content-Security-Policy stays on.
 */
export async function findViolations(page: Page): Promise<Violation[]> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate<AxeResults['violations']>(
    `axe.run(document, { resultTypes: ['violations'] }).then((results) => results.violations)`,
  );
  return violations.map(({ id, help, nodes }) => ({
    rule: id,
    help,
    elements: nodes.map((node) => node.target.join(' ')),
  }));
}

/** Writes `.data/screenshots/NAME.png` of the whole page, fonts loaded. @returns the file's path */
export async function screenshot(page: Page, name: string): Promise<string> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  const file = path.join(SCREENSHOTS, `${name}.png`);
  await page.screenshot({ path: file, fullPage: true });
  return file;
}
