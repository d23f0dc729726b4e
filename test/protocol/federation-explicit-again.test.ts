import { decodeJwt } from 'jose';
import { eventually } from '../support/eventually.ts';
import { STATEMENT, seconds, startExplicit } from '../support/explicit-registration.ts';
import { makeKey } from '../support/signing-client.ts';

let own: Awaited<ReturnType<typeof startExplicit>>;
beforeAll(async () => {
  own = await startExplicit();
  await own.apply({ policies: [own.policyOf()] });
  await eventually(async () => expect((await own.register('')).status).toBe(400));
});
afterAll(() => own.stop());

describe('OpenID Federation §12.2.2: registering again', () => {
  it('replaces what there was, one statement once; an older one brings nothing back', async () => {
    const id = own.add('again');
    const earlier = await own.hand('again', { claims: { iat: seconds() - 60 } });
    const first = await own.register(earlier);
    const before = await own.rowOf(id);
    const repeated = await own.register(earlier);
    expect(decodeJwt(repeated.text)).toMatchObject({ metadata: decodeJwt(first.text)['metadata'] });
    expect(await own.rowOf(id)).toEqual(before);

    const other = await makeKey('ES256', 'sig', 'second');
    const later = await own.hand('again', { rp: { jwks: { keys: [other.jwk] }, scope: 'openid' } });
    expect((await own.register(later)).status).toBe(200);
    expect((await own.push(id)).status).toBe(401);
    expect((await own.push(id, { scope: 'openid' }, other)).status).toBe(201);
    expect(await own.outcome(earlier)).toBe('400 invalid_request');
    expect((await own.push(id)).status).toBe(401);
    expect(await own.audits(id)).toEqual(['client.added', 'client.changed']);
  });

  it('twenty at once are one client, the same statement or each its given', async () => {
    const id = own.add('crowd');
    const same = await own.hand('crowd');
    const each = await Promise.all(
      Array.from({ length: 10 }, (_, at) => own.hand('crowd', { claims: { jti: `${at}` } })),
    );
    const answers = await Promise.all(
      [...Array.from({ length: 10 }, () => same), ...each].map((given) => own.register(given)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await own.query('select 1 from client where client_id = $1', [id])).toHaveLength(1);
    expect((await own.audits(id)).filter((type) => type === 'client.added')).toHaveLength(1);
    expect((await own.push(id)).status).toBe(201);
  });

  it('takes no name that is declared otherwise, and lets no disabled client back in', async () => {
    const declared = own.add('declared');
    await own.query('insert into client (client_id, metadata) values ($1, $2)', [
      declared,
      '{"client_name":"ours"}',
    ]);
    expect(await own.outcome(await own.hand('declared'))).toBe('400 invalid_client_metadata');
    const [kept] = await own.query<{ metadata: object }>('select metadata from client where client_id = $1', [
      declared,
    ]);
    expect(kept?.metadata).toEqual({ client_name: 'ours' });

    const id = own.add('disabled');
    expect(await own.outcome(await own.hand('disabled'))).toBe('200 registered');
    await own.query(`update client set status = 'disabled' where client_id = $1`, [id]);
    expect(await own.outcome(await own.hand('disabled', { rp: { scope: 'openid' } }))).toBe(
      '401 invalid_client',
    );
    const [row] = await own.query<{ status: string; metadata: { scope: string } }>(
      'select status, metadata from client where client_id = $1',
      [id],
    );
    expect([row?.status, row?.metadata.scope]).toEqual(['disabled', 'openid profile']);
  });

  it('ends with its chain, with its grants, and is not renewed unless it says so', async () => {
    const id = own.add('ending');
    const [both] = [own.add('both', { rp: { client_registration_types: ['automatic', 'explicit'] } })];
    for (const name of ['ending', 'both'])
      expect(await own.outcome(await own.hand(name))).toBe('200 registered');
    await own.query(
      `insert into oidc_grant (id, account_id, client_id, payload, expires_at)
       values ('of-' || $1, gen_random_uuid(), $1, '{}', now() + interval '1 day')`,
      [id],
    );
    await own.endAt(id, new Date(Date.now() - 1000));
    await own.endAt(both, new Date(Date.now() - 1000));
    await eventually(async () => expect((await own.rowOf(id))?.ended_at).not.toBeNull(), 12_000);
    expect(own.chain.asked).not.toContain('ending');
    await eventually(
      async () => expect((await own.rowOf(both))?.expires_at.getTime()).toBeGreaterThan(Date.now()),
      12_000,
    );
    expect(await own.query('select 1 from oidc_grant where client_id = $1', [id])).toHaveLength(0);
    expect((await own.push(id)).body['error']).toBe('invalid_metadata'); // it came by itself, and has to again
    expect((await own.push(both)).status).toBe(201);
    expect(await own.outcome(await own.hand('ending'))).toBe('200 registered');
    expect((await own.push(id)).status).toBe(201);
  });

  it('I1: one address registers twenty times a minute, and nobody else is kept out by it', async () => {
    own.add('flood');
    const statements = await Promise.all(
      Array.from({ length: 45 }, (_, at) => own.hand('flood', { marked: false, claims: { jti: `${at}` } })),
    );
    const answers: number[] = [];
    for (const given of statements) answers.push((await own.register(given, STATEMENT, '10.20.0.1')).status);
    expect(answers.filter((status) => status === 429).length).toBeGreaterThanOrEqual(5);
    expect(answers.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 400));
    expect((await own.register(await own.hand('flood'), STATEMENT, '10.20.0.2')).status).toBe(200);
  });
});
