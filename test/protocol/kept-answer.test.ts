import { flushWrites } from '#idp/oidc/storage/flush.ts';
import { noWrites } from '#idp/oidc/storage/writes.ts';
import { digest } from '#kit/random.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const TRIES = 20;

/** The way back from a sign-in, whose answer may be lost with the replica that made it. */
describe('an answer asked for again', () => {
  let world: IdpWorld;
  beforeAll(async () => {
    world = await startIdpWorld();
  });
  afterAll(() => world.stop());

  /** Everything but the last step: the address that ends the interaction is about to be asked. */
  async function proven() {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    browser.stopBefore((url) => url.pathname.startsWith('/oidc/auth/'));
    const { verifier } = await rp.authorize(browser, {});
    const { url } = await signIn(browser, 'demo.nurse', { account: LAB_1 });
    return { rp, browser, url, verifier };
  }

  async function ask(url: URL, cookie: string) {
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie, accept: 'text/html' } });
    const location = answer.headers.get('location') ?? '';
    return { status: answer.status, location, cookies: answer.headers.getSetCookie() };
  }
  const cookieOf = (browser: Journey, url: URL): string => browser.jar.header(url);

  it('R1: twenty at once get one answer: one code, one session, used once', async () => {
    const { rp, browser, url, verifier } = await proven();
    const cookie = cookieOf(browser, url);
    const answers = await Promise.all(Array.from({ length: TRIES }, () => ask(url, cookie)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const [answer] = answers;
    expect(answer?.status).toBe(303);
    const [{ sessions } = { sessions: 0 }] = await world.database.query<{ sessions: number }>(
      'select count(*)::int as sessions from oidc_session s join account a on a.id = s.account_id where a.login_name = $1',
      ['demo.nurse'],
    );
    expect(sessions).toBe(1);

    const callback = new URL(answer?.location ?? '');
    await rp.redeem({ callback, verifier });
    const later = await ask(url, cookie);
    expect(later.location).toBe(answer?.location);
    await expect(rp.redeem({ callback: new URL(later.location), verifier })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('R1: nobody else gets it, nor anybody after half a minute', async () => {
    const { browser, url } = await proven();
    const cookie = cookieOf(browser, url);
    expect((await ask(url, cookie)).status).toBe(303);

    const name = /([\w-]*resume)=/.exec(cookie)?.[1] ?? '';
    const uid = url.pathname.split('/').at(-1) ?? '';
    const forged = [
      '',
      `${name}=${uid}`,
      `${name}=${uid}; ${name}.sig=${'A'.repeat(27)}`,
      cookieOf(browserOf(world), url),
    ];
    for (const of of forged) expect((await ask(url, of)).status).toBe(400);

    const [row] = await world.database.query<{ payload: object; answer: Buffer; left: number }>(
      'select payload, answer, extract(epoch from expires_at - now())::float8 as left from oidc_interaction where answer is not null order by expires_at desc limit 1',
      [],
    );
    expect(row?.payload).toEqual({});
    expect(row?.answer.toString('latin1')).not.toContain('code=');
    expect(row?.left).toBeLessThanOrEqual(30);
    await world.database.query(
      `update oidc_interaction set expires_at = now() - interval '1 second' where answer is not null`,
      [],
    );
    expect((await ask(url, cookie)).status).toBe(400);
  });

  it('A23, E1: cookies from before the sign-in open nothing, whoever planted or copied them', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    browser.stopBefore((url) => url.pathname.startsWith('/oidc/auth/'));
    await rp.authorize(browser, {});
    const uid = /\/interaction\/([\w-]+)/.exec(browser.page()?.url.pathname ?? '')?.[1] ?? '';
    const back = new URL(`/oidc/auth/${uid}`, world.issuer);
    const before = cookieOf(browser, back);
    expect(before).toContain('resume');
    const { url } = await signIn(browser, 'demo.nurse', { account: LAB_1 });
    expect(url.pathname).toBe(back.pathname);
    expect((await ask(url, cookieOf(browser, url))).status).toBe(303);
    expect((await ask(url, before)).status).toBe(400);
    expect((await ask(url, cookieOf(browser, url))).status).toBe(303);
  });

  it('R1: an answer that is kept is not begun anew by a form that comes late', async () => {
    const { browser, url } = await proven();
    expect((await ask(url, cookieOf(browser, url))).status).toBe(303);
    const writes = noWrites();
    const payload = { exp: Math.floor(Date.now() / 1000) + 3600 };
    writes.interaction = { digest: digest(url.pathname.split('/').at(-1) ?? ''), payload, exists: true };
    expect(await flushWrites(world.database, writes)).toBe('interaction_ended');
  });

  it('R1: with a result that comes too late nobody is said to have signed in', async () => {
    const look = () =>
      world.database.query(
        `select last_sign_in_at, (select count(*)::int from audit_event where type = 'sign_in.succeeded') as said
         from account where login_name = $1`,
        ['demo.nurse'],
      );
    const [{ id } = { id: '' }] = await world.database.query<{ id: string }>(
      'select id from account where login_name = $1',
      ['demo.nurse'],
    );
    const before = await look();
    const writes = noWrites();
    writes.interaction = { digest: digest('gone'), payload: { exp: Date.now() }, exists: true };
    writes.signedIn = { accountId: id, at: new Date(), upstream: undefined };
    writes.audits.push({ type: 'sign_in.succeeded', accountId: id });
    expect(await flushWrites(world.database, writes)).toBe('interaction_ended');
    expect(await look()).toEqual(before);
    expect(await flushWrites(world.database, { ...writes, interaction: undefined })).toBeUndefined();
    expect(await look()).not.toEqual(before);
  });

  it('R1: whoever has been answered asks in vain: the answer took the cookie away', async () => {
    const { browser, url } = await proven();
    const { cookies } = await ask(url, cookieOf(browser, url));
    browser.jar.store(url, cookies);
    expect((await ask(url, cookieOf(browser, url))).status).toBe(400);
  });
});
