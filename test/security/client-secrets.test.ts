import { readFileSync } from 'node:fs';
import { rotateClientSecret, revokePreviousSecret, setClientStatus } from '#idp/subsystems/index.ts';
import { createKeyring } from '#kit/keyring.ts';
import { eventually } from '../support/eventually.ts';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from '../support/idp-world.ts';

const RESOURCE = 'https://service.example/api';
const BODY = { grant_type: 'client_credentials', resource: RESOURCE, scope: 'service:run' };

describe('a client secret that is replaced', () => {
  let world: IdpWorld;
  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    expect(readFileSync('test/protocol/manifests/service.json', 'utf8')).toContain(RESOURCE);
  });
  afterAll(() => world.stop());

  const statuses = (secret: string): Promise<number[]> =>
    Promise.all(
      world.replicaUrls.map(async (base) => {
        const response = await fetch(`${base}/oidc/token`, {
          method: 'POST',
          body: new URLSearchParams(BODY),
          headers: { authorization: `Basic ${Buffer.from(`service-app:${secret}`).toString('base64')}` },
        });
        return response.status;
      }),
    );
  const become = (secret: string, status: number): Promise<void> =>
    eventually(async () => expect(await statuses(secret)).toEqual([status, status]), 1500);

  it('F12: two are good at every replica until the older is revoked, and none once the client is disabled', async () => {
    const { db } = world.database;
    const keyring = createKeyring(String(world.env['IDP_MASTER_KEYS']));
    const deps = { db, keyring, clock: () => new Date() };
    const { id: accountId } = await db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.hpa')
      .executeTakeFirstOrThrow();
    const by = {
      actor: { accountId, role: 'hpa_admin', unitCode: 'A21040000I', session: { uid: 'test' } },
      from: { ip: '192.0.2.1', userAgent: 'test', requestId: 'test' },
      reason: 'yearly change',
    };
    await become(CLIENT_SECRET, 200);
    const { secret } = await rotateClientSecret(deps, 'service-app', 7, by);
    await become(secret, 200);
    await become(CLIENT_SECRET, 200);

    await db
      .updateTable('client')
      .set({ previous_secret_until: new Date(Date.now() - 1000) })
      .where('client_id', '=', 'service-app')
      .execute();
    await become(CLIENT_SECRET, 401); // its date has passed

    const next = await rotateClientSecret(deps, 'service-app', 7, by);
    await become(secret, 200);
    await revokePreviousSecret(deps, 'service-app', by);
    await become(secret, 401);
    await become(next.secret, 200);

    await setClientStatus(db, 'service-app', 'disabled', by);
    await become(next.secret, 401);
    await setClientStatus(db, 'service-app', 'active', by);
    await become(next.secret, 200);
  });
});
