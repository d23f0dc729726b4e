import { eventually } from '../support/eventually.ts';
import { type Journey, createJourney, signIn } from '../support/journey.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';
import { type World, startWorld } from '../support/world.ts';

const LIST = '/console/impersonations';
const HOSPITAL = 'P@00000001P@mbh_01';

/* An operator helps a nurse at the MCH system, both programs as they run. */
describe('an assisted sign-in from end to end', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld({ mch: true });
  });
  afterAll(() => world.stop());

  const signedIn = async (loginName: string): Promise<Journey> => {
    const browser = createJourney();
    await browser.open(`${world.issuer}/sign-in`);
    await signIn(browser, loginName);
    return browser;
  };
  const send = (browser: Journey, path: string, fields: Record<string, string>, origin = world.issuer) =>
    rawRequest(origin, 'POST', path, {
      headers: { ...FORM, origin, cookie: browser.jar.header(new URL(path, origin)) },
      body: new URLSearchParams(fields).toString(),
    });

  it('C13, C14: is asked for, approved, begun in a window of its own, seen on every page, looked through only, and ended by the person', async () => {
    const [ops, hpa] = [await signedIn('demo.ops'), await signedIn('demo.hpa')];
    const wish = { account: HOSPITAL, ticket: 'CASE-7', reason: '協助確認個案清單的內容', minutes: '20' };
    const place = String((await send(ops, LIST, wish)).headers['location']).split('?')[0] ?? '';
    expect(place).toMatch(new RegExp(`${LIST}/[0-9a-f-]{36}$`));
    const path = new URL(place, world.issuer).pathname;
    const approval = { decision: 'approve', comment: '已與本人確認' };
    expect((await send(hpa, `${path}/decision`, approval)).status).toBe(303);
    const issued = await send(ops, `${path}/beginning`, {});
    const code = /<dd[^>]*><span>([\w-]{32})<\/span>/.exec(issued.body)?.[1] ?? '';

    const apart = createJourney();
    await apart.open(`${world.issuer}/impersonation`);
    const home = await apart.submit((form) => 'code' in form.fields, { code });
    expect(home.url.origin).toBe(world.origins.mch);
    expect(home.text).toContain('李示範 正以 王示範 的帳號「示範醫院」代為登入。');
    const press = await send(apart, '/favourites', { acting: HOSPITAL }, world.origins.mch);
    expect(press.status).toBe(403);
    expect(press.body).toContain('代為登入僅供檢視');
    expect((await apart.open(`${world.origins.mch}/common/profile`)).status).toBe(200);

    const nurse = await signedIn('demo.nurse');
    expect((await nurse.open(`${world.issuer}/account/messages`)).text).toContain('代為登入開始通知');
    expect(nurse.page()?.text).toContain('李示範 正以您的帳號登入婦幼健康管理整合系統協助處理');
    await nurse.submit(({ action }) => action.endsWith('/impersonation/removal'));
    await eventually(async () => {
      const page = await apart.open(`${world.origins.mch}/`);
      expect(page.text).not.toContain('王示範');
    });
    const review = await ops.open(world.issuer + path);
    expect(review.text).toContain('本人終止');
  });
});
