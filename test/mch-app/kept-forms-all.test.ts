import { AREAS } from '#mch/areas/index.ts';
import { readForms } from '../support/html.ts';
import { FILLED, OFFICE, formAt, sendForm, write } from './support/content.ts';
import { BACK, KEPT, endByTheEntry, pathOf } from './support/late.ts';
import { HOSPITAL, type Mch, startMch } from './support/mch.ts';
import { AGENCY, actingAs, send } from './support/people.ts';

/* Every form of the system that is sent after its session has ended. */

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());
beforeEach(async () => {
  mch.op.authorizationError = undefined;
  mch.op.sid = `sid-${Math.random()}`;
  await mch.database.db.deleteFrom('kept_form').execute();
});

/** What is said of a form that is not kept. */
const UNKEPT: [why: string, path: RegExp][] = [
  ['it leads to or from the single entry', /^\/(sign-in|sign-out|account-switch|backchannel-logout)$/],
  ['a script sends it beside the person', /^\/keep-alive$/],
  ['it only looks for something', /\/search$/],
  ['one press, with nothing typed', /^\/(favourites|preferences\/window|common\/inbox\/read)$/],
  ['it brings a file of content', /^\/admin\/content\/:id\/files$/],
  ['it brings a file of a record', /\/:no\/files\/:slot$/],
];
const ENTERED = AREAS.flatMap(({ kinds }) => kinds.map(({ path }) => `/${path}`));
/** Files again. */
const IMPORTS = AREAS.flatMap(({ kinds }) =>
  kinds.flatMap(({ importAt }) => (importAt ? [`/${importAt}`] : [])),
);

describe('every form there is', () => {
  it('G10: every address a form is sent to keeps it, but for what is said here', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    await endByTheEntry(mch);
    mch.op.authorizationError = () => 'login_required'; // who came back would take it away
    const lost: string[] = [];
    for (const path of mch.posts) {
      await nurse.ask(path.replaceAll(/:\w+/g, '1'), { form: { acting: HOSPITAL.id, reason: 'typed' } });
      const { numDeletedRows } = await mch.database.db.deleteFrom('kept_form').executeTakeFirst();
      if (numDeletedRows === 0n) lost.push(path);
    }
    const told = (path: string): boolean =>
      !ENTERED.includes(path) && (IMPORTS.includes(path) || UNKEPT.some(([, pattern]) => pattern.test(path)));
    expect(lost.filter((path) => !told(path))).toEqual([]);
    expect(mch.posts.filter((path) => told(path) && !lost.includes(path))).toEqual([]);
    expect(mch.posts.length).toBeGreaterThan(100);
  });

  it.each(['announcement', 'question'] as const)(
    'G10: %s: what is to be told comes back as typed',
    async (type) => {
      const agency = await actingAs(mch, AGENCY);
      const form = await formAt(agency, `${OFFICE}/new/${type}`);
      const filled = { ...FILLED, category: form.fields['category'] ?? '' };
      const typed = { ...form.fields, ...filled, 'title.zh-TW': '寫到一半', deed: 'publish' };
      await endByTheEntry(mch);
      const page = await send(agency, form.action, AGENCY, typed);
      expect([page.status, pathOf(page), page.text.includes(BACK)]).toEqual([200, KEPT, true]);
      for (const text of ['寫到一半', '第一段', form.fields['id'] ?? '-', `action="${form.action}"`]) {
        expect(page.text).toContain(text);
      }
      const written = () =>
        mch.database.db.selectFrom('content').select('id').where('type', '=', type).execute();
      expect(await written()).toEqual([]);
      const again = readForms(page.text).find(({ action }) => action === form.action);
      expect((await sendForm(agency, again ?? form, { deed: 'publish' })).status).toBe(303);
      expect(await written()).toHaveLength(1);
    },
  );

  it('G10: one that is changed, and one that is to be withdrawn, come back to their own page', async () => {
    const agency = await actingAs(mch, AGENCY);
    const id = await write(agency, 'announcement', {});
    const form = await formAt(agency, `${OFFICE}/${id}`);
    await endByTheEntry(mch);
    const typed = { ...form.fields, 'title.zh-TW': '改到一半', deed: 'save' };
    expect((await send(agency, form.action, AGENCY, typed)).text).toContain('改到一半');
    await endByTheEntry(mch);
    const page = await send(agency, `${OFFICE}/${id}/withdrawal`, AGENCY, { version: '1' });
    expect([pathOf(page), page.text.includes(`action="${OFFICE}/${id}/withdrawal"`)]).toEqual([KEPT, true]);
    expect((await agency.go(`${OFFICE}/${id}`)).status).toBe(200);
  });

  it('G10: the choice of mails comes back as ticked, and is not yet made', async () => {
    const nurse = await actingAs(mch, HOSPITAL);
    await endByTheEntry(mch);
    const page = await send(nurse, '/common/profile/mail', HOSPITAL, { menu_role: 'mi_antenatal' });
    const ticked = [...page.text.matchAll(/value="(mi_\w+)"[^>]* checked/g)].map(([, role]) => role);
    expect([pathOf(page), ticked]).toEqual([KEPT, ['mi_antenatal']]);
    expect(await mch.database.db.selectFrom('mail_opt_in').select('menu_role').execute()).toEqual([]);
  });
});
