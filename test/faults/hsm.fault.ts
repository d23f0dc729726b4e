import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { createKeyring } from '#kit/keyring.ts';
import { createHsm } from '#kit/pkcs11/hsm.ts';
import { signStatement } from '#idp/signing-keys/index.ts';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { needPackages } from './debian.ts';
import { recordResult } from './report.ts';
import { type SoftHsm, makeSoftHsm } from './soft-hsm.ts';

const SIGNATURES = 2000;

describe('signing keys in an HSM', () => {
  let hsm: SoftHsm;
  let world: IdpWorld;
  const figures: string[] = [];

  beforeAll(async () => {
    needPackages('softhsm2');
    hsm = makeSoftHsm();
    world = await startIdpWorld({ replicas: 2, env: hsm.env });
  });
  afterAll(async () => {
    await world.stop();
    hsm.remove();
  });

  const tokenOf = async (): Promise<string> => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const sign = { loginName: 'demo.nurse', account: 'P@00000001P@lab_01' };
    const tokens = await rp.redeem(await rp.authorize(browserOf(world), {}, sign));
    return tokens.id_token ?? '';
  };
  const verify = async (token: string): Promise<string> => {
    const jwks = createRemoteJWKSet(new URL(`${world.issuer}/oidc/jwks`));
    const { protectedHeader } = await jwtVerify(token, jwks, { issuer: world.issuer });
    return String(protectedHeader.kid);
  };
  const rows = () => world.database.db.selectFrom('signing_key').selectAll().execute();
  const isReady = async (index: number): Promise<number> =>
    (await fetch(`${world.replicaUrls[index]}/readyz`)).status;
  const settings = () => ({
    modulePath: hsm.env['IDP_HSM_MODULE'] ?? '',
    label: hsm.env['IDP_HSM_TOKEN'] ?? '',
    pin: readFileSync(hsm.env['IDP_HSM_PIN_FILE'] ?? '', 'utf8').trim(),
    sessions: 2,
    timeoutMs: 5000,
    environment: { SOFTHSM2_CONF: hsm.env['SOFTHSM2_CONF'] ?? '' },
  });

  it('R22: signs ID tokens that the JWKS verifies; statements and checkpoints too', async () => {
    const kid = await verify(await tokenOf());
    const found = (await rows()).find((row) => row.kid === kid);
    expect(found).toMatchObject({ alg: 'ES256', private_sealed: null, token_reference: expect.any(String) });
    expect((await rows()).map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256']);

    const keyring = createKeyring(world.env['IDP_MASTER_KEYS'] ?? '', createHsm(settings()));
    const deps = { db: world.database.db, clock: () => new Date(), keyring };
    const statement = await signStatement(deps, 'test+jwt', { iss: world.issuer });
    expect(await verify(statement)).toBe(kid);
    await eventually(async () => {
      const { jws } = await world.database.db
        .selectFrom('audit_checkpoint')
        .selectAll()
        .executeTakeFirstOrThrow();
      expect(decodeProtectedHeader(jws).kid).toBe(kid);
    }, 30_000);
  });

  it('R22: leaves no private key in the database', async () => {
    expect((await rows()).every((row) => row.private_sealed === null)).toBe(true);
    // nor anywhere else: every row of every table, as text
    const tables = await world.database.query<{ name: string }>(
      "select quote_ident(table_name) as name from information_schema.tables where table_schema = $1 and table_type = 'BASE TABLE'",
      ['public'],
    );
    for (const { name } of tables) {
      const [leak] = await world.database.query<{ row: string }>(
        `select t::text as row from ${name} t where t::text ~ $1 limit 1`,
        ['"+(d|dp|qi)"+ ?: ?"+[A-Za-z0-9_-]{20}|BEGIN [A-Z ]*PRIVATE KEY'],
      );
      expect([name, leak]).toEqual([name, undefined]);
    }
  });

  it('R22: rotates: the successor is made in the token, and a lost race leaves none behind', async () => {
    const before = await rows();
    const [one, two] = await Promise.all([
      world.command('keys', 'rotate', '--reason', 'test'),
      world.command('keys', 'rotate', '--reason', 'test at once'),
    ]);
    expect([one, two]).toMatchObject([{ code: 0 }, { code: 0 }]);
    const after = await rows();
    expect(after).toHaveLength(before.length * 2);
    expect(after.every(({ token_reference: made }) => made !== null)).toBe(true);
    expect(new Set(listObjects())).toEqual(new Set(after.map(({ token_reference: made }) => made)));
    expect(listObjects()).toHaveLength(after.length);
    const revoked = before.find(({ alg }) => alg === 'ES256')?.kid ?? '';
    expect((await world.command('keys', 'revoke', revoked, '--reason', 'test')).code).toBe(0);
    await eventually(async () => expect(await verify(await tokenOf())).not.toBe(revoked), 10_000);
  });

  /** The names of the private keys in the token, as another program sees them. */
  function listObjects(): string[] {
    const text = execFileSync(
      'pkcs11-tool',
      [
        '--module',
        settings().modulePath,
        '--token-label',
        'entry',
        '--login',
        '--pin',
        settings().pin,
        '-O',
        '--type',
        'privkey',
      ],
      { encoding: 'utf8', env: { ...process.env, ...hsm.env }, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    return [...text.matchAll(/ID:\s+([0-9a-f]+)/g)].map(([, id = '']) => id);
  }

  it('R22: is not ready while the token is gone, says why, and recovers by itself', async () => {
    await eventually(async () => expect(await isReady(1)).toBe(200), 10_000);
    hsm.setPresent(false);
    await world.replicas[1]?.stop();
    await expect(world.restart(1)).rejects.toThrow(/no slot holds a token labelled "entry"|exited|ended/);
    hsm.setPresent(true);
    await world.restart(1);
    await eventually(async () => expect(await isReady(1)).toBe(200), 10_000);
    await verify(await tokenOf());
  });

  function killSessions(index: number): void {
    const children = execFileSync('pgrep', ['-P', String(world.replicas[index]?.pid)], { encoding: 'utf8' });
    for (const pid of children.trim().split('\n').map(Number)) {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (command.includes('pkcs11/process.ts')) process.kill(pid, 'SIGKILL');
    }
  }

  it('R22: survives the death of the processes that talk to the token; is not ready when it is gone then, and serves keys', async () => {
    killSessions(0);
    await verify(await tokenOf());
    await eventually(async () => expect(await isReady(0)).toBe(200), 10_000);

    hsm.setPresent(false);
    killSessions(0);
    await eventually(async () => expect(await isReady(0)).toBe(503), 20_000);
    expect((await fetch(`${world.issuer}/oidc/jwks`)).status).toBe(200);
    hsm.setPresent(true);
    await eventually(async () => expect(await isReady(0)).toBe(200), 20_000);
    await verify(await tokenOf());
  });

  it('R22: signs so many tokens a second', async () => {
    const device = createHsm(settings());
    for (const alg of ['ES256', 'RS256'] as const) {
      const { reference } = await device.generate(alg, `measured ${alg}`);
      const count = alg === 'ES256' ? SIGNATURES : SIGNATURES / 10;
      const from = performance.now();
      await Promise.all(Array.from({ length: count }, () => device.sign(reference, alg, Buffer.from('x'))));
      figures.push(`${alg} ${Math.round((count / (performance.now() - from)) * 1000)}/s`);
      await device.destroy(reference);
      await expect(device.sign(reference, alg, Buffer.from('x'))).rejects.toThrow('has no key');
    }
    recordResult({
      row: 'R22',
      deed: 'signing keys in SoftHSM: sign, rotate, revoke, token gone, its processes killed',
      figures: `no private key in the database; ${figures.join(', ')} by two sessions`,
      passed: true,
    });
  });

  it('R22: refuses a wrong PIN at the first try', async () => {
    const device = createHsm({ ...settings(), pin: 'wrong', sessions: 1 });
    for (const _ of [1, 2, 3]) await expect(device.check()).rejects.toThrow('CKR_PIN_INCORRECT');
    await createHsm(settings()).check();
  });
});
