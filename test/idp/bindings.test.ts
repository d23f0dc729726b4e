import { eventually } from '../support/eventually.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import {
  MCH_OF_NEW,
  PAGE,
  lastAudit,
  pathOf,
  personOf,
  resetBinding,
  sendBinding,
} from './bindings-support.ts';

const MCH_OF_NURSE = 'P@00000001P@mbh_01';

describe('a person’s bindings', () => {
  let world: IdpWorld;
  let someone: Journey;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    someone = await portalOf(world, 'demo.new');
  });
  afterAll(() => world.stop());
  beforeEach(() => resetBinding(world));

  const open = (browser = someone) => browser.open(world.issuer + PAGE);

  it('P-30, N16: binds by name, subsystem, account and its password; tells the person; MCH then lets in', async () => {
    await open();
    const page = await sendBinding(someone);
    expect(page.url.search).toBe('?done=added');
    expect(page.text).toContain('已完成綁定');
    expect(page.text).toContain('婦幼舊帳號');
    const { id } = await personOf(world, 'demo.new');
    expect(await lastAudit(world, 'binding.added')).toMatchObject({
      account_id: id,
      to_subsystem_account_id: MCH_OF_NEW,
      outcome: 'success',
    });
    const mails = await world.database.db
      .selectFrom('mail_message')
      .select(['kind', 'account_id'])
      .where('kind', '=', 'N16')
      .execute();
    expect(mails).toEqual([{ kind: 'N16', account_id: id }]);

    const mch = await createRelyingParty(world, 'mch-app', { pushed: true });
    const tokens = await mch.redeem(await mch.authorize(browserOf(world, someone)));
    expect(tokens.claims()?.['subsystem_account']).toMatchObject({ id: MCH_OF_NEW, binding: '婦幼舊帳號' });
  });

  it('P-30: a name has one to ten characters, of whatever script, and is the person’s own only once', async () => {
    await open();
    for (const [name, text] of [
      ['', '請輸入綁定名稱'],
      ['   ', '請輸入綁定名稱'],
      ['十一個字的名稱就太長了', '綁定名稱最多 10 個字'],
      ['\u{20000}'.repeat(11), '綁定名稱最多 10 個字'],
    ] as const) {
      expect((await sendBinding(someone, { name })).text).toContain(text);
    }
    expect((await sendBinding(someone, { name: '\u{20000}'.repeat(10) })).text).toContain('已完成綁定');
    const nurse = await portalOf(world, 'demo.nurse');
    await open(nurse);
    const rename = await forgeForm(world, nurse, pathOf(MCH_OF_NURSE, '/name'), { name: '衛生所' });
    expect(rename.status).toBe(422);
    expect(rename.body).toContain('您已經有同名的綁定');
  });

  it('P-30: says at once what is missing, and counts no try for it', async () => {
    await open();
    const page = await sendBinding(someone, {
      subsystem: '',
      subsystem_account: ' ',
      subsystem_password: '',
    });
    for (const text of ['請選擇業務子系統', '請輸入子系統帳號', '請輸入子系統密碼']) {
      expect(page.text).toContain(text);
    }
    expect(await world.database.db.selectFrom('attempt_throttle').selectAll().execute()).toEqual([]);
  });

  it('P-31, P-32: renames for oneself, unbinds after asking; what was granted ends at once; binds again', async () => {
    await open();
    await sendBinding(someone);
    const edit = await someone.open(world.issuer + pathOf(MCH_OF_NEW));
    expect(edit.status).toBe(200);
    expect((await someone.submit((form) => 'name' in form.fields, { name: '新名稱' })).text).toContain(
      '新名稱',
    );
    const mch = await createRelyingParty(world, 'mch-app', { pushed: true });
    const tokens = await mch.redeem(await mch.authorize(browserOf(world, someone)));

    const asked = await someone.open(world.issuer + pathOf(MCH_OF_NEW, '/removal'));
    expect(asked.text).toContain('解除「新名稱」的綁定？');
    const done = await someone.submit((form) => form.action.endsWith('/removal'));
    expect(done.text).toContain('已解除綁定');
    const refreshed = await fetch(`${world.issuer}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(refreshed.status).toBe(401);
    await eventually(() =>
      expect(world.logouts.some(({ client }) => client === 'mch-app' || client === '')).toBe(true),
    );

    expect(done.text).toContain('您的其他業務帳號');
    const page = await someone.open(`${world.issuer}${PAGE}?account=${encodeURIComponent(MCH_OF_NEW)}`);
    expect(page.forms.find((form) => 'subsystem_password' in form.fields)?.fields).toMatchObject({
      subsystem_account: MCH_OF_NEW,
    });
    expect((await sendBinding(someone)).text).toContain('已完成綁定');
    const again = await forgeForm(world, someone, pathOf(MCH_OF_NEW, '/removal'), {});
    const twice = await forgeForm(world, someone, pathOf(MCH_OF_NEW, '/removal'), {});
    expect([again.status, twice.status]).toEqual([303, 404]);
  });

  it('P-22: favourites come first, in the order the person gives them', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    const order = async (): Promise<string[]> => {
      const { html } = await open(nurse);
      return [...html.matchAll(/<span class="code">(P@[^<]+)</g)].map(
        (match) => match[1]?.replace('P@00000001P@', '') ?? '',
      );
    };
    for (const id of ['spa_01', 'ccs_01', 'mbh_02']) {
      await forgeForm(world, nurse, pathOf(`P@00000001P@${id}`, '/favourite'), { favourite: 'yes' });
    }
    expect((await order()).slice(0, 3)).toEqual(['spa_01', 'ccs_01', 'mbh_02']);
    await forgeForm(world, nurse, pathOf('P@00000001P@mbh_02', '/position'), { direction: 'up' });
    await forgeForm(world, nurse, pathOf('P@00000001P@spa_01', '/position'), { direction: 'down' });
    await forgeForm(world, nurse, pathOf('P@00000001P@mbh_02', '/position'), { direction: 'up' });
    expect((await order()).slice(0, 3)).toEqual(['mbh_02', 'spa_01', 'ccs_01']);
    const home = await nurse.open(world.issuer);
    const tiles = [...home.html.matchAll(/action="\/accounts\/([^"/]+)\/entry"/g)].map((match) => match[1]);
    expect(tiles[0]).toBe('P%4000000001P%40mbh_02');
    await forgeForm(world, nurse, pathOf('P@00000001P@spa_01', '/favourite'), { favourite: 'no' });
    expect((await order()).slice(0, 2)).toEqual(['mbh_02', 'ccs_01']);
  });

  it('C25: takes nobody’s deeds but the owner’s, and no form of another site', async () => {
    for (const deed of ['/name', '/removal', '/favourite', '/position']) {
      const fields = { name: '偷', favourite: 'yes', direction: 'up' };
      expect((await forgeForm(world, someone, pathOf(MCH_OF_NURSE, deed), fields)).status).toBe(404);
      const foreign = await forgeForm(world, someone, pathOf(MCH_OF_NURSE, deed), fields, {
        origin: 'https://elsewhere.example',
      });
      expect(foreign.status).toBe(403);
    }
    for (const path of [PAGE, pathOf(MCH_OF_NEW, '/removal')]) {
      const stranger = await forgeForm(world, browserOf(world), path, {});
      expect(stranger.headers.location).toContain('/sign-in?return_to=');
    }
    expect((await someone.open(world.issuer + pathOf(MCH_OF_NURSE))).status).toBe(404);
  });

  it('P-28: lists what is bound and what is under review, and nobody else’s', async () => {
    const { id } = await personOf(world, 'demo.new');
    await world.database.db
      .insertInto('subsystem_request')
      .values({
        account_id: id,
        subsystem_code: 'cancer',
        unit_code: '2311170010',
        role: 'ccs_user',
        duty: 'medical',
        menu_roles: [],
        fields: '{}',
        status: 'submitted',
        created_at: new Date(),
      })
      .execute();
    const page = await open();
    expect(page.text).toMatch(/審核中帳號 1 \S+ 癌症篩檢追蹤\S* 待審核 帳號申請 · 示範衛生所/);
    expect(page.text).toContain('還沒有綁定任何業務帳號');
    expect((await open(await portalOf(world, 'demo.nurse'))).text).not.toContain('審核中帳號');
  });

  it('P-21: a tile for each bound account enters its system as that account, without a second password', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    await nurse.open(world.issuer);
    const path = `/accounts/${encodeURIComponent('P@00000001P@mbh_02')}/entry`;
    expect(nurse.page()?.forms.some(({ action }) => action === path)).toBe(true);
    const entry = await forgeForm(world, nurse, path, {});
    const hint = new URL(entry.headers.location ?? '').searchParams.get('login_hint') ?? '';
    const mch = await createRelyingParty(world, 'mch-app', { pushed: true });
    const tokens = await mch.redeem(
      await mch.authorize(browserOf(world, nurse), { login_hint: hint, prompt: 'none' }),
    );
    expect(tokens.claims()?.['subsystem_account']).toMatchObject({ id: 'P@00000001P@mbh_02' });
  });

  it('P-30: offers every system, those too that prove their accounts themselves', async () => {
    const page = await open();
    for (const code of ['mch', 'cancer', 'smoking']) expect(page.html).toContain(`<option value="${code}"`);
  });
});
