import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { createJourney, signIn } from '../support/journey.ts';
import { type Defect, type FaultyClient, startFaultyClient } from '../support/faulty-client.ts';
import { applyVariant } from '../support/manifest-variant.ts';

/* A client with one defect must not pass, and is told which; nobody else is ever given a bad token. */

describe('a readiness check of a faulty client', () => {
  let world: IdpWorld;
  let client: FaultyClient;

  beforeAll(async () => {
    client = await startFaultyClient(CLIENT_SECRET);
    world = await startIdpWorld({
      replicas: 2,
      env: { PROBE_ORIGIN: client.origin, CLIENT_SECRET_PROBE_APP: CLIENT_SECRET },
    });
    client.issuer = world.issuer;
    await client.learnKeys(); // from before a successor is announced
    const applied = await world.command('subsystems', 'apply', 'test/idp/readiness-manifest.json');
    expect(applied).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await world.stop();
    client.server.close();
  });

  const check = (): Promise<{ code: number | null; output: string }> =>
    world.command('subsystems', 'check', 'probe');
  const steps = async (): Promise<Record<string, string>> => {
    const run = await world.database.db
      .selectFrom('readiness_run')
      .select('steps')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    const list = run.steps as { step: string; outcome: string; reason?: string }[];
    return Object.fromEntries(
      list.map(({ step, outcome, reason }) => [step, outcome === 'passed' ? '' : `${outcome} ${reason}`]),
    );
  };
  const failures = async (): Promise<Record<string, string>> =>
    Object.fromEntries(Object.entries(await steps()).filter(([, finding]) => finding !== ''));

  it('passes the client while it has no defect, and says so', async () => {
    const { code, output } = await check();
    expect(output).toContain('probe: passed');
    expect(code).toBe(0);
  });

  it.each<[Defect, Record<string, string>]>([
    ['ignores_nonce', { wrong_nonce: 'failed accepted_wrong_nonce' }],
    ['ignores_issuer', { wrong_issuer: 'failed accepted_wrong_issuer' }],
    [
      'ignores_audience',
      { wrong_audience: 'failed accepted_wrong_audience', logout_wrong_audience: 'failed bad_logout_obeyed' },
    ],
    [
      'ignores_signature',
      {
        bad_signature: 'failed accepted_bad_signature',
        logout_unsigned: 'failed bad_logout_obeyed',
        logout_bad_signature: 'failed bad_logout_obeyed',
      },
    ],
    ['ignores_logout', { logout: 'failed logout_ignored' }],
  ])('fails one that %s', async (defect, expected) => {
    client.defects = new Set([defect]);
    const { code } = await check();
    client.defects.clear();
    expect(await failures()).toEqual(expected);
    expect(code).toBe(1);
  });

  it('fails one that keeps its first key set for good', async () => {
    client.defects = new Set(['stale_keys']);
    const { code, output } = await check();
    client.defects.clear();
    expect(output).toContain('fetch the JWKS again');
    expect(code).toBe(1);
  });

  it('obeys any logout token: every bad one is named', async () => {
    client.defects = new Set(['obeys_any_logout']);
    await check();
    client.defects.clear();
    const found = await failures();
    expect(Object.keys(found)).toHaveLength(6);
    expect(new Set(Object.values(found))).toEqual(new Set(['failed bad_logout_obeyed']));
  });

  it.each<[Defect, string]>([
    ['wrong_secret', 'failed code_not_redeemed'],
    ['no_entry', 'failed entry_leads_elsewhere'],
  ])('%s: what cannot be tried after it is not called passed', async (defect, finding) => {
    client.defects = new Set([defect]);
    const { output } = await check();
    client.defects.clear();
    const found = await steps();
    expect(found['sign_in']).toBe(finding);
    expect(found['logout']).toBe('not_checked earlier_failure');
    expect(output).toContain('probe: failed');
  });

  it('goes by the algorithm of the client’s own ID tokens, and says that it cannot try encrypted ones', async () => {
    const vary = async (change: Record<string, unknown>): Promise<void> => {
      const run = await applyVariant(world, '../../idp/readiness-manifest', (manifest) =>
        Object.assign(manifest.client, change),
      );
      expect(run).toMatchObject({ code: 0 });
    };
    await vary({ id_token_signed_response_alg: 'RS256' });
    client.defects = new Set(['ignores_signature']);
    await check();
    client.defects.clear();
    expect(await failures()).toMatchObject({ bad_signature: 'failed accepted_bad_signature' });
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await vary({
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'enc' }] },
      ...{ id_token_encrypted_response_alg: 'ECDH-ES', id_token_encrypted_response_enc: 'A256GCM' },
    });
    await check();
    const told = await steps();
    await vary({});
    expect(told).toEqual({ configuration: 'failed encrypted_tokens' });
  });

  it('F4: gives no person a bad token, whatever is armed, and the technical account nothing outside a run', async () => {
    const { db } = world.database;
    const nurse = await db
      .selectFrom('account')
      .select(['id', 'national_id_index'])
      .where('login_name', '=', 'demo.nurse')
      .executeTakeFirstOrThrow();
    await db
      .insertInto('subsystem_account')
      .values({
        ...{ id: 'P@00000001P@prb_01', subsystem_code: 'probe', account_id: nurse.id, status: 'active' },
        ...{ national_id_index: nurse.national_id_index, holder_name: '王示範', unit_code: '9876543210' },
        ...{ role: 'member', duty: 'medical' },
      })
      .execute();
    await db
      .insertInto('binding')
      .values({ subsystem_account_id: 'P@00000001P@prb_01', account_id: nurse.id, name: '檢查' })
      .execute();
    const journey = createJourney();
    await journey.open(`${client.origin}/login`);
    await signIn(journey, 'demo.nurse');
    const [honest = ''] = client.idTokens.slice(-1);
    expect(decodeJwt(honest)['sub']).toBe(nurse.id);
    const { uid } = await db
      .selectFrom('oidc_session')
      .select('uid')
      .where('account_id', '=', nurse.id)
      .executeTakeFirstOrThrow();

    // even rows forged in the database move no person's token
    const until = new Date(Date.now() + 60_000);
    const forged = { subsystem_code: 'probe', client_id: 'probe-app', started_by: null };
    await db
      .insertInto('readiness_run')
      .values({ ...forged, account_id: nurse.id, session_uid: uid, armed: 'wrong_nonce', armed_until: until })
      .execute();
    await journey.open(`${client.origin}/login`);
    await db.deleteFrom('oidc_session_client').where('session_uid', '=', uid).execute();
    await db.updateTable('oidc_session').set({ uid: 'readiness.x' }).where('uid', '=', uid).execute();
    await db
      .updateTable('readiness_run')
      .set({ session_uid: 'readiness.x' })
      .where('session_uid', '=', uid)
      .execute();
    await journey.open(`${client.origin}/login`);
    for (const token of client.idTokens.slice(-2)) {
      const kid = decodeProtectedHeader(token).kid;
      expect(kid).toBe(decodeProtectedHeader(honest).kid);
      expect(decodeJwt(token)).toMatchObject({ iss: world.issuer, aud: 'probe-app' });
      expect(decodeJwt(token)['nonce']).not.toBe('another-nonce');
    }

    const technical = await db
      .selectFrom('account as a')
      .innerJoin('readiness_account as r', 'r.account_id', 'a.id')
      .leftJoin('password_credential as p', 'p.account_id', 'a.id')
      .select(['a.status', 'a.role', 'p.hash', 'a.id'])
      .executeTakeFirstOrThrow();
    expect(technical).toMatchObject({ status: 'disabled', role: 'user', hash: null });
    const grants = db.selectFrom('oidc_grant').select('id').where('account_id', '=', technical.id).execute();
    const sessions = db
      .selectFrom('oidc_session')
      .select('uid')
      .where('account_id', '=', technical.id)
      .execute();
    expect([await grants, await sessions]).toEqual([[], []]);
  });
});
