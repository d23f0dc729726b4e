import { CIBA_GRANT } from '../support/ciba.ts';
import { DEVICE_GRANT } from '../support/device.ts';
import { eventually } from '../support/eventually.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { type ManifestText, applyVariant } from '../support/manifest-variant.ts';
import {
  EXCHANGE,
  type RelyingParty,
  browserOf,
  createRelyingParty,
  post,
} from '../support/relying-party.ts';

export const LAB_1 = 'P@00000001P@lab_01';
export const LAB_API = 'https://lab.example/api';
export const SERVICE_API = 'https://service.example/api';
export const LIST = '/console/impersonations';
const REASON = '協助確認轉介清單為何看不到個案';

/** An operator, an administrator who approves, a nurse, and a lab that permits it. */
export type ImpersonationWorld = Awaited<ReturnType<typeof startImpersonationWorld>>;

export async function startImpersonationWorld() {
  const world: IdpWorld = await startIdpWorld();
  const { db } = world.database;
  const query = <T extends Record<string, unknown>>(text: string, values: unknown[] = []): Promise<T[]> =>
    world.database.query<T>(text, values);
  const applyLab = async (change: (manifest: ManifestText) => void = () => {}) => {
    const { code, output } = await applyVariant(world, 'lab', (manifest) => {
      const scopes = ['openid', 'profile', 'subsystem_account', 'accounts', 'lab:read'];
      manifest.client['scope'] = `${String(manifest.client['scope'])} accounts:read`;
      const grants = manifest.client['grant_types'] as string[];
      manifest.client['grant_types'] = [...grants, DEVICE_GRANT, CIBA_GRANT];
      manifest.client['backchannel_token_delivery_mode'] = 'poll';
      manifest['impersonation'] = { allowed: true, scopes };
      change(manifest);
    });
    if (code !== 0) throw new Error(output);
  };
  // who manages anything is protected, and the test's nurse leads one of the labs
  const leads = (role: 'lead' | 'member') =>
    query('update subsystem_account set role = $1 where id = $2', [role, 'P@00000001P@lab_03']);
  await leads('member');
  await applyLab();
  await applyVariant(world, 'service', (manifest) => {
    manifest.client['grant_types'] = ['client_credentials', 'authorization_code', EXCHANGE];
    manifest['exchange'] = { allowed: true };
    const rule = { client: 'lab-app', needs: ['subsystem_account'], scopes: ['service:run'] };
    manifest['delegation'] = { from: [{ ...rule, resource: SERVICE_API }] };
  });
  const lab: RelyingParty = await createRelyingParty(world, 'lab-app', { pushed: true });
  const [ops, hpa] = [await portalOf(world, 'demo.ops'), await portalOf(world, 'demo.hpa')];
  const idOf = async (loginName: string): Promise<string> => {
    const of = db.selectFrom('account').select('id').where('login_name', '=', loginName);
    return (await of.executeTakeFirstOrThrow()).id;
  };
  const nurseId = await idOf('demo.nurse');

  const ask = (fields: Record<string, string> = {}, browser = ops) =>
    forgeForm(world, browser, LIST, {
      ...{ account: LAB_1, ticket: 'CASE-1', reason: REASON, minutes: '30', ...fields },
    });
  const decide = (id: string, decision = 'approve', browser = hpa) =>
    forgeForm(world, browser, `${LIST}/${id}/decision`, { decision, comment: '已與本人確認' });
  const newest = () =>
    db.selectFrom('impersonation').selectAll().orderBy('requested_at', 'desc').executeTakeFirstOrThrow();

  /** @returns the id of a request that waits */
  async function requested(fields: Record<string, string> = {}): Promise<string> {
    let answer = await ask(fields);
    await eventually(async () => {
      if (answer.status !== 303) answer = await ask(fields);
      expect({ status: answer.status, body: answer.status === 303 ? '' : answer.body }).toMatchObject({
        status: 303,
      });
    });
    return (await newest()).id;
  }
  async function approved(): Promise<string> {
    const id = await requested();
    expect((await decide(id)).status).toBe(303);
    return id;
  }
  async function codeOf(id: string, browser = ops): Promise<string> {
    const page = await forgeForm(world, browser, `${LIST}/${id}/beginning`, {});
    return /<dd[^>]*><span>([\w-]{32})<\/span>/.exec(page.body)?.[1] ?? `none: ${page.status}`;
  }
  /** What a private window does with a code. */
  async function enter(code: string, browser = browserOf(world)) {
    await browser.open(`${world.issuer}/impersonation`);
    const page = await browser.submit((form) => 'code' in form.fields, { code });
    return { browser, page };
  }
  async function begin(): Promise<{
    id: string;
    browser: Journey;
    page: Awaited<ReturnType<typeof enter>>['page'];
  }> {
    const id = await approved();
    return { id, ...(await enter(await codeOf(id))) };
  }
  /** The lab's tokens in that window: silently, since nothing can be asked there. */
  async function tokensIn(browser: Journey, parameters: Record<string, string> = {}) {
    const scope = 'openid profile email subsystem_account accounts lab:read';
    return lab.redeem(await lab.authorize(browser, { scope, resource: LAB_API, ...parameters }));
  }
  const endAll = async () => {
    const running = await db
      .selectFrom('impersonation')
      .select('id')
      .where('status', '=', 'running')
      .execute();
    for (const { id } of running) await forgeForm(world, ops, `${LIST}/${id}/ending`, {});
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const userinfo = (token: string) =>
    fetch(`${world.issuer}/oidc/userinfo`, { headers: bearer(token) }).then(async (answer) => ({
      status: answer.status,
      body: (await answer.json()) as Record<string, unknown>,
    }));
  const refresh = (token: string | undefined, more: Record<string, string> = {}) =>
    post(
      world,
      '/oidc/token',
      { grant_type: 'refresh_token', refresh_token: token ?? '', ...more },
      { clientId: 'lab-app' },
    );
  const audits = (type: string) =>
    db.selectFrom('audit_event').selectAll().where('type', '=', type).orderBy('id', 'desc').execute();

  return {
    ...{ world, db, query, lab, ops, hpa, nurseId, idOf, leads, applyLab, ask, decide, requested, approved },
    ...{ codeOf, enter, begin, tokensIn, newest, endAll, audits, bearer, userinfo, refresh },
  };
}
