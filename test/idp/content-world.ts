import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, createJourney, signIn } from '../support/journey.ts';

type Files = Record<string, string | Buffer>;

/** The identity provider, with content given as an editor gives it, and people who read it. */
export async function startContentWorld(options?: Parameters<typeof startIdpWorld>[0]) {
  const world: IdpWorld = await startIdpWorld(options);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'content-'));

  async function importContent(content: unknown, files: Files = {}) {
    const file = path.join(folder, `${randomBytes(6).toString('hex')}.json`);
    writeFileSync(file, JSON.stringify(content));
    for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
    return world.command('content', 'import', file);
  }

  /** Imports what must be without fault. */
  async function write(content: unknown, files?: Files): Promise<void> {
    const { code, output } = await importContent(content, files);
    if (code !== 0) throw new Error(output);
  }

  /** A browser, signed in as a demo person when one is named. */
  async function reader(loginName = '', locale: 'zh-TW' | 'en' = 'zh-TW'): Promise<Journey> {
    const journey = createJourney({ locale });
    if (loginName !== '') {
      await journey.open(`${world.issuer}/sign-in`);
      await signIn(journey, loginName);
    }
    return journey;
  }

  return {
    ...world,
    importContent,
    write,
    publish: (announcements: unknown[], files?: Files) => write({ announcements }, files),
    reader,
    /** Titles in the list as this reader finds them, by a keyword of the test's own. */
    async titles(journey: Journey, keyword: string, more = ''): Promise<string[]> {
      const page = await journey.open(
        `${world.issuer}/announcements?q=${encodeURIComponent(keyword)}${more}`,
      );
      expect(page.status).toBe(200);
      return listedTitles(page.html);
    },
    async idOf(slug: string): Promise<string> {
      const { db } = world.database;
      const rows = db.selectFrom('announcement').select('id').where('slug', '=', slug);
      return (await rows.executeTakeFirstOrThrow()).id;
    },
    async stop(): Promise<void> {
      await world.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

export type ContentWorld = Awaited<ReturnType<typeof startContentWorld>>;

export function listedTitles(html: string): string[] {
  return [...html.matchAll(/class="row-link"[^>]*>([^<]*)</g)].map(([, title = '']) => title);
}

/** An announcement that is published unless told otherwise. */
export const draft = (slug: string, more: Record<string, unknown> = {}) => ({
  slug,
  category: 'notice',
  title: { 'zh-TW': `標題 ${slug}` },
  body: { 'zh-TW': `內容 ${slug}` },
  publishFrom: '2026-01-05T09:00:00+08:00',
  ...more,
});
