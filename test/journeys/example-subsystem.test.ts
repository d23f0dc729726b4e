import { type Journey, createJourney, signIn } from '../support/journey.ts';
import { type World, startWorld } from '../support/world.ts';

/* The program integrators copy, against the real identity provider. */

describe('the example subsystem', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld({ examples: true });
  });
  afterAll(() => world.stop());

  const signedIn = async (locale: 'zh-TW' | 'en' = 'zh-TW'): Promise<Journey> => {
    const journey = createJourney({ locale });
    await journey.open(`${world.origins.cancer}/login`);
    await signIn(journey, 'demo.nurse');
    return journey;
  };

  it('shows as whom the person acts, in the words of its manifest', async () => {
    const journey = await signedIn('en');
    const page = journey.page();
    expect(page?.url.href).toBe(`${world.origins.cancer}/`);
    for (const words of ['癌篩', '9876543210 示範醫院', 'General user', 'Follow-up of positive findings']) {
      expect(page?.text).toContain(words);
    }
  });

  it('opens already signed in from a tile of the portal', async () => {
    const journey = await signedIn();
    await journey.open(`${world.issuer}/`);
    const page = await journey.submit(({ action }) =>
      action.endsWith('/accounts/P%4000000001P%40qss_01/entry'),
    );
    expect(page.url.href).toBe(`${world.origins.smoking}/`);
    expect(page.text).toContain('戒菸衛教');
  });

  it('ends its session when the person signs out at another system', async () => {
    const journey = await signedIn();
    await journey.open(`${world.origins.smoking}/login`);
    await journey.submit(({ action }) => action === '/sign-out');
    await journey.submit(
      ({ action }) => action.includes('logout'),
      {},
      ({ value }) => value === 'yes',
    );
    expect(journey.page()?.url.href).toBe(`${world.origins.smoking}/`);

    const deadline = Date.now() + 1000;
    let text: string;
    do ({ text } = await journey.open(`${world.origins.cancer}/`));
    while (!text.includes('您尚未登入本系統') && Date.now() < deadline);
    expect(text).toContain('您尚未登入本系統');
  });

  it('refuses what did not come from its own pages, and answers it did not ask for', async () => {
    const { cancer } = world.origins;
    const foreign = await fetch(`${cancer}/switch`, { method: 'POST', headers: { origin: world.issuer } });
    expect(foreign.status).toBe(403);
    const hinted = await fetch(`${cancer}/login?iss=https://elsewhere.example`, { redirect: 'manual' });
    expect(hinted.status).toBe(400);
    const stray = await fetch(`${cancer}/callback?code=x&state=y`, { redirect: 'manual' });
    expect(stray.headers.get('location')).toBe('/');
    const forged = await fetch(`${cancer}/backchannel-logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: 'eyJhbGciOiJub25lIn0.e30.' }),
    });
    expect(forged.status).toBe(400);
  });

  it('escapes, and allows nothing but its own forms and the shared style sheet', async () => {
    const response = await fetch(world.origins.cancer);
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src ${world.issuer}; font-src ${world.issuer}; img-src ${world.issuer}; ` +
        `form-action 'self' ${world.issuer}; frame-ancestors 'none'; base-uri 'none'`,
    );
    expect(await response.text()).not.toMatch(/<script|<style|\sstyle=/);
  });

  it('SM-07: proves an account of its own when it is bound, and lets nobody else ask', async () => {
    const journey = createJourney({ locale: 'zh-TW' });
    await journey.open(`${world.issuer}/sign-in?return_to=/account/bindings`);
    await signIn(journey, 'demo.new');
    await journey.open(`${world.issuer}/account/bindings`);
    const isForm = (form: { fields: Record<string, string> }) => 'subsystem_password' in form.fields;
    const typed = { name: '舊戒菸', subsystem: 'smoking', subsystem_account: 'QSS.Zhou' };
    const wrong = await journey.submit(isForm, { ...typed, subsystem_password: 'Wrong*2026' });
    expect(wrong.text).toContain('無法驗證這個帳號');
    const others = { ...typed, subsystem_account: 'qss.wang', subsystem_password: 'Quit*Smoking2026' };
    expect((await journey.submit(isForm, others)).text).toContain('無法驗證這個帳號');
    const right = await journey.submit(isForm, { ...typed, subsystem_password: 'Quit*Smoking2026' });
    expect(right.text).toContain('已完成綁定');
    expect(right.text).toContain('P@00000006P@qss_02');
    await journey.open(`${world.issuer}/`);
    const page = await journey.submit(({ action }) =>
      action.endsWith('/accounts/P%4000000006P%40qss_02/entry'),
    );
    expect(page.url.href).toBe(`${world.origins.smoking}/`);
    expect(page.text).toContain('戒菸治療');

    const endpoint = `${world.origins.smoking}/subsystem-accounts/verification`;
    for (const authorization of ['', 'Bearer eyJhbGciOiJub25lIn0.e30.']) {
      const body = JSON.stringify({ account: 'qss.zhou', password: 'Quit*Smoking2026', holder_salt: 'AAAA' });
      const headers = { 'content-type': 'application/json', authorization };
      expect((await fetch(endpoint, { method: 'POST', headers, body })).status).toBe(401);
    }
    const elsewhere = `${world.origins.cancer}/subsystem-accounts/verification`;
    expect((await fetch(elsewhere, { method: 'POST', body: '{}' })).status).toBe(404);
  });
});
