import * as oidc from 'openid-client';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { signIn } from '../support/journey.ts';
import { type RelyingParty, browserOf, createRelyingParty } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const SPA_OF_NURSE = 'P@00000001P@spa_01';
const MCH_OF_NURSE = 'P@00000001P@mbh_01';
const MCH_OF_MANAGER = 'P@00000002P@mbh_01';

describe('what belongs to somebody else', () => {
  let world: IdpWorld;
  let spa: RelyingParty;

  beforeAll(async () => {
    world = await startIdpWorld();
    spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
  });
  afterAll(() => world.stop());

  it.each([
    ['another person’s account', 'demo.new', { account: MCH_OF_NURSE }],
    ['an account of another subsystem', 'demo.nurse', { account: LAB_1 }],
    ['an account that is nobody’s', 'demo.nurse', { account: 'P@99999999P@spa_01' }],
    ['half a handle', 'demo.nurse', { login_hint: 'A'.repeat(120) }],
  ])('never enters as %s', async (_what, loginName, parameters) => {
    const browser = browserOf(world);
    await browser.open(`${world.issuer}/sign-in`);
    await signIn(browser, loginName);
    const { callback } = await spa.authorize(browser, { ...parameters, prompt: 'none' });
    if (callback.searchParams.has('code')) {
      expect(parameters).toHaveProperty('login_hint'); // no handle of ours: the only account enters
    } else expect(callback.searchParams.get('error')).toMatch(/^(account_selection|interaction)_required$/);
  });

  it('does nothing with a handle made for another person, and opens no other account by an entry', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    const entry = await forgeForm(world, nurse, `/accounts/${encodeURIComponent(MCH_OF_NURSE)}/entry`, {});
    const handle = new URL(entry.headers.location ?? '').searchParams.get('login_hint') ?? '';
    expect(handle).not.toContain('P@');
    const manager = await portalOf(world, 'demo.manager');
    const mch = await createRelyingParty(world, 'mch-app', { pushed: true });
    const at = await mch.authorize(manager, { login_hint: handle, prompt: 'none' });
    expect(at.callback.searchParams.has('code')).toBe(false);
    const replayed = await mch.redeem(await mch.authorize(nurse, { login_hint: handle, prompt: 'none' }));
    expect(replayed.claims()?.['subsystem_account']).toMatchObject({ id: MCH_OF_NURSE });
    for (const id of [MCH_OF_MANAGER, 'P@99999999P@mbh_01', '', '..', '%00']) {
      for (const deed of ['entry', 'entry/favourite']) {
        const path = `/accounts/${id === '%00' ? id : encodeURIComponent(id)}/${deed}`;
        expect([400, 404]).toContain((await forgeForm(world, nurse, path, {})).status);
      }
    }
  });

  it('chooses no account that another form slipped in', async () => {
    const mch = await createRelyingParty(world, 'mch-app', { pushed: true });
    const browser = browserOf(world);
    await browser.open(`${world.issuer}/sign-in`);
    await signIn(browser, 'demo.nurse');
    await mch.authorize(browser);
    const path = browser.page()?.url.pathname ?? '';
    for (const account of [MCH_OF_MANAGER, LAB_1, SPA_OF_NURSE, '', '*']) {
      const answer = await forgeForm(world, browser, `${path}/account`, {
        account,
        accountId: account,
        subsystemAccountId: account,
      });
      expect(answer.headers.location).toContain('/interaction/'); // asked again
    }
  });
});
