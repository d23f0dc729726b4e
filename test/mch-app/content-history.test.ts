import { OFFICE, attach, formAt, sendForm, write } from './support/content.ts';
import { type Mch, startMch } from './support/mch.ts';
import { AGENCY, MAINTENANCE, actingAs } from './support/people.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

describe('what became of an entry', () => {
  it('SM-15: is told on its page: who, when, and which fields and files; in its reader’s language', async () => {
    const agency = await actingAs(mch, AGENCY);
    const id = await write(agency, 'announcement', {});
    const here = `${OFFICE}/${id}`;
    const change = { 'title.zh-TW': '新的標題', order: '7' };
    expect((await sendForm(agency, await formAt(agency, here), { ...change, deed: 'save' })).status).toBe(
      303,
    );
    expect((await attach(agency, AGENCY, id, { name: '附件.txt', content: 'x' })).status).toBe(303);
    const told = (text: string) =>
      [
        ...text.matchAll(
          /<strong>([^<]+)<\/strong> <span>([^<]+)<\/span><\/p>(?:<p class="history-note">([^<]+))?/g,
        ),
      ].map(([, deed, who, note = '']) => [deed, who, note]);
    const page = (await agency.go(here)).text;
    expect(told(page)).toEqual([
      ['加入檔案', mch.op.name, '附件.txt'],
      ['修改', mch.op.name, expect.stringMatching(/標題.*、.*順序|標題.*、.*排序/)],
      ['發布', mch.op.name, ''],
    ]);
    expect(told((await agency.go(`${here}?lang=en`)).text).map(([deed]) => deed)).toEqual([
      'File added',
      'Changed',
      'Published',
    ]);
    expect((await agency.go(`${OFFICE}/new/announcement?lang=zh-TW`)).text).not.toContain('class="history"');
    expect((await (await actingAs(mch, MAINTENANCE)).go(here)).status).toBe(403);
  });
});
