import { decodeJwt } from 'jose';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type ManifestText, applyVariant } from '../support/manifest-variant.ts';
import {
  ACCESS_TOKEN,
  EXCHANGE,
  type RelyingParty,
  browserOf,
  createRelyingParty,
  post,
} from '../support/relying-party.ts';

export const LAB_1 = 'P@00000001P@lab_01';
export const LAB_2 = 'P@00000001P@lab_02';
export const SERVICE_API = 'https://service.example/api';
export const LAB_API = 'https://lab.example/api';
export const LAB_OPAQUE = 'https://lab.example/opaque';
export const SCOPE = 'openid profile subsystem_account';

const toService = {
  client: 'lab-app',
  needs: ['subsystem_account'],
  resource: SERVICE_API,
  scopes: ['service:run'],
};
export const back = { client: 'service-app', tokensOf: ['lab-app'], needs: ['service:run'] };
const onwards = { client: 'lab-app', tokensOf: ['service-app'], needs: ['lab:read'] };

type Answer = Awaited<ReturnType<typeof post>>;

/** The lab may act at the service, which may act back at the lab, and so on. */
export type DelegationWorld = Awaited<ReturnType<typeof startDelegationWorld>>;

export async function startDelegationWorld() {
  const world: IdpWorld = await startIdpWorld();
  const lab: RelyingParty = await createRelyingParty(world, 'lab-app', { pushed: true });

  async function enter(parameters: Record<string, string> = {}, browser = browserOf(world)) {
    return lab.redeem(
      await lab.authorize(
        browser,
        { scope: SCOPE, ...parameters },
        { loginName: 'demo.nurse', account: LAB_1 },
      ),
    );
  }

  function exchangeAs(
    clientId: string,
    token: string,
    resource: string,
    more: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const all = { subject_token: token, subject_token_type: ACCESS_TOKEN, resource, ...more };
    const sent = Object.entries(all).filter(([, value]) => value !== '');
    return post(world, '/oidc/token', [['grant_type', EXCHANGE], ...sent], { clientId, headers });
  }
  const fromLab = (token: string, more: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    exchangeAs('lab-app', token, SERVICE_API, more, headers);
  const fromService = (token: string, resource: string, more: Record<string, string> = {}) =>
    exchangeAs('service-app', token, resource, more);

  async function credentials(more: Record<string, string>): Promise<string> {
    const parameters = { grant_type: 'client_credentials', ...more };
    return String(
      (await post(world, '/oidc/token', parameters, { clientId: 'service-app' })).body['access_token'],
    );
  }

  /** The service's manifest, with what it allows; as told in RFC 8693 terms. */
  async function applyService(more: Record<string, unknown> = {}): Promise<void> {
    const { code, output } = await applyVariant(world, 'service', (manifest) => {
      manifest.client['grant_types'] = ['client_credentials', 'authorization_code', EXCHANGE];
      manifest['exchange'] = { allowed: true };
      manifest['delegation'] = { from: [toService, { ...toService, ...onwards }], ...more };
    });
    if (code !== 0) throw new Error(output);
  }

  async function applyLab(change: (manifest: ManifestText) => void = () => {}): Promise<void> {
    const { code, output } = await applyVariant(world, 'lab', (manifest) => {
      manifest['delegation'] = {
        from: [
          { ...back, resource: LAB_API, scopes: ['lab:read'] },
          { ...back, resource: LAB_OPAQUE, scopes: ['lab:opaque'] },
        ],
      };
      change(manifest);
    });
    if (code !== 0) throw new Error(output);
  }

  /** The lab's token for the service, once its claims are those of the manifest just applied. */
  async function eventuallyClaims(mine: string, claims: Record<string, unknown>): Promise<string> {
    let token = '';
    await eventually(async () => {
      token = String((await fromLab(mine)).body['access_token']);
      expect(decodeJwt(token)).toMatchObject(claims);
    });
    return token;
  }

  const person = (status: 'active' | 'disabled') =>
    world.database.query('update account set status = $2 where login_name = $1', ['demo.nurse', status]);

  const binding = (there: boolean) =>
    there
      ? world.database.query(
          `insert into binding (subsystem_account_id, account_id, name)
           select sa.id, sa.account_id, '實驗一' from subsystem_account sa where sa.id = $1 on conflict do nothing`,
          [LAB_1],
        )
      : world.database.query('delete from binding where subsystem_account_id = $1', [LAB_1]);

  function audits() {
    const { db } = world.database;
    return db
      .selectFrom('audit_event')
      .selectAll()
      .where('type', 'in', ['account.delegated', 'account.switched'])
      .orderBy('id')
      .execute();
  }

  async function latest() {
    const record = (await audits()).at(-1);
    if (!record) throw new Error('no record');
    return record;
  }

  await applyService();
  await applyLab();
  const { access_token: token } = await enter();
  await eventually(async () => expect((await fromLab(token)).status).toBe(200));
  const first = String((await fromLab(token)).body['access_token']);
  await eventually(async () => expect((await fromService(first, LAB_API)).status).toBe(200));

  return {
    ...{ world, lab, enter, fromLab, fromService, credentials, applyService, applyLab },
    ...{ eventuallyClaims, person, binding, audits, latest },
  };
}
