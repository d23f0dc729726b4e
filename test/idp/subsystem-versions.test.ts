import { readFileSync } from 'node:fs';
import {
  type ByAdministrator,
  type Manifest,
  type SubsystemDeps,
  applyManifest,
  compareManifests,
  countHolders,
  createClientRegistry,
  findClientSecrets,
  findVersion,
  listVersions,
  readManifest,
  revokePreviousSecret,
  rollBack,
  rotateClientSecret,
  setClientStatus,
} from '#idp/subsystems/index.ts';
import { listClientsSince } from '#idp/subsystems/store.ts';
import { Fault } from '#kit/errors.ts';
import { type TestDatabase, insertPerson, keyring, openTestDatabase } from './sign-in-people.ts';

const TEXT = readFileSync('test/idp/readiness-manifest.json', 'utf8');
const ORIGIN = { PROBE_ORIGIN: 'https://probe.example.test' };
const read = (change: (manifest: Manifest) => void = () => {}): Manifest => {
  const reading = readManifest(TEXT, ORIGIN);
  if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
  change(reading.manifest);
  return reading.manifest;
};

describe('a manifest that is read', () => {
  const faultsOf = (change: (json: Record<string, never>) => void, text?: string) => {
    const json = JSON.parse(TEXT.replaceAll('${PROBE_ORIGIN}', 'https://probe.example.test')) as never;
    change(json);
    const reading = readManifest(text ?? JSON.stringify(json), {});
    return reading.ok ? [] : reading.faults.map(({ path, key }) => `${path} ${key}`);
  };

  it('tells every fault at its place', () => {
    expect(
      faultsOf((json: Record<string, unknown>) => {
        delete json['name'];
        json['colour'] = 99;
        json['surprise'] = true;
        (json['client'] as Record<string, unknown>)['token_endpoint_auth_method'] = 'client_secret_jwt';
      }),
    ).toEqual([
      'colour too_many',
      'name missing',
      'client.token_endpoint_auth_method not_one_of',
      'surprise unknown_field',
    ]);
    expect(faultsOf(() => {}, '{')).toEqual([' not_json']);
    expect(faultsOf(() => {}, TEXT)).toEqual([' not_set']);
  });

  it.each([
    ['javascript:alert(1)'],
    ['data:text/html,<script>1</script>'],
    ['http://probe.example.test/callback'],
    ['https://user:word@probe.example.test/'],
    ['https://*.example.test/'],
    ['https://probe.example.test/#x'],
  ])('F14: refuses the address %s wherever a browser or we are sent', (address) => {
    for (const field of ['initiate_login_uri', 'backchannel_logout_uri', 'jwks_uri']) {
      const faults = faultsOf((json: Record<string, unknown>) => {
        (json['client'] as Record<string, unknown>)[field] = address;
      });
      expect(faults).toEqual([`client.${field} bad_address`]);
    }
    const faults = faultsOf((json: Record<string, unknown>) => {
      (json['client'] as Record<string, unknown>)['redirect_uris'] = [address];
    });
    expect(faults).toEqual(['client.redirect_uris.0 bad_address']);
  });

  it('lets the check act as nobody who manages, or needs a second factor', () => {
    expect(
      faultsOf((json: Record<string, unknown>) =>
        Object.assign(json['readiness'] as object, { role: 'lead' }),
      ),
    ).toEqual(['readiness.role readiness_role']);
    expect(
      faultsOf((json: Record<string, unknown>) =>
        Object.assign(json['readiness'] as object, { duty: 'none', menuRoles: ['nothing'] }),
      ),
    ).toEqual(['readiness.duty undeclared', 'readiness.menuRoles undeclared']);
  });

  it('F16: gives a new client little: no exchange, no refresh, no scope beyond the account', () => {
    const { client, exchange } = read((manifest) => void manifest);
    expect(exchange).toEqual({ allowed: false });
    expect(client.grant_types).toEqual(['authorization_code']);
    const bare = JSON.parse(TEXT.replaceAll('${PROBE_ORIGIN}', 'https://probe.example.test')) as {
      client: { scope?: string };
    };
    delete bare.client.scope;
    const reading = readManifest(JSON.stringify(bare), {});
    expect(reading.ok && reading.manifest.client.scope).toBe('openid profile subsystem_account');
  });
});

describe('what a new manifest changes', () => {
  it('is told place by place, whatever the order, and dangers are marked', () => {
    const before = read();
    const after = read((manifest) => {
      manifest.menuRoles.reverse();
      manifest.menuRoles = manifest.menuRoles.filter(({ code }) => code !== 'writer');
      manifest.duties[0]!.menuRoles = ['reader'];
      manifest.client.redirect_uris = ['https://evil.example.test/callback'];
      manifest.name.en = 'Probe, renamed';
    });
    const changes = compareManifests(before, after);
    expect(changes.map(({ path, kind, danger = '' }) => `${kind} ${path} ${danger}`)).toEqual([
      'changed name.en ',
      'added client.redirect_uris.https://evil.example.test/callback redirect_changed',
      'removed client.redirect_uris.https://probe.example.test/callback redirect_changed',
      'removed duties.medical.menuRoles.writer ',
      'removed menuRoles.writer.code menu_role_removed',
      'removed menuRoles.writer.label.zh-TW ',
      'removed menuRoles.writer.label.en ',
    ]);
    expect(compareManifests(before, read())).toEqual([]);
  });
});

describe('versions, secrets and status', () => {
  let database: TestDatabase;
  let deps: SubsystemDeps;
  let by: ByAdministrator;
  let now = new Date('2026-11-22T04:00:00Z');
  const from = { ip: '192.0.2.1', userAgent: 'test', requestId: 'test' };

  beforeAll(async () => {
    database = await openTestDatabase();
    deps = { db: database.db, clock: () => now, keyring };
    const accountId = await insertPerson(database.db, { loginName: 'national.one', role: 'hpa_admin' });
    const actor = { accountId, role: 'hpa_admin', unitCode: '0000000001', session: { uid: 'a-session' } };
    by = { actor, from, reason: '新版需求 <script>alert(1)</script>' };
  });
  afterAll(() => database.close());

  it('keeps each manifest as a version with who, when and why, and goes back by a new one', async () => {
    expect(await applyManifest(deps, read(), 'a-first-secret')).toBe(1);
    expect(await applyManifest(deps, read(), undefined)).toBe(1); // nothing new
    const renamed = read((manifest) => void (manifest.name.en = 'Renamed'));
    expect(await applyManifest(deps, renamed, undefined, { by, basedOn: 1 })).toBe(2);
    expect(await rollBack(deps, 'probe', 1, { by, basedOn: 2 })).toBe(3);
    const versions = await listVersions(database.db, 'probe');
    expect(
      versions.map(({ version, reason, restores, loginName }) => [version, reason, restores, loginName]),
    ).toEqual([
      [3, by.reason, 1, 'national.one'],
      [2, by.reason, null, 'national.one'],
      [1, '', null, null],
    ]);
    expect((await findVersion(database.db, 'probe', 3))?.manifest).toEqual(read());
    const registry = await createClientRegistry(database.db);
    expect(registry.subsystem('probe')?.manifest.readiness?.role).toBe('member');
    // what an older release reads strictly holds nothing it does not know
    const row = await database.db.selectFrom('subsystem').select('manifest').executeTakeFirstOrThrow();
    expect(row.manifest).not.toHaveProperty('readiness');
  });

  it('SM-04: of two administrators who decided on the same version one is told that it changed', async () => {
    const wishes = ['One', 'Two'].map((name) => read((manifest) => void (manifest.name.en = name)));
    const answers = await Promise.allSettled(
      wishes.map((manifest) => applyManifest(deps, manifest, undefined, { by, basedOn: 3 })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = answers.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason).toMatchObject({ code: 'conflict' });
  });

  it("F11: never changes a subsystem's suffix or client, nor takes another's", async () => {
    const moved = read((manifest) => void (manifest.suffix = 'zzz'));
    await expect(applyManifest(deps, moved, undefined)).rejects.toThrow('suffix: cannot change any more');
    const other = read((manifest) => void (manifest.code = 'thief'));
    await expect(applyManifest(deps, other, undefined)).rejects.toThrow(/client_id: is used by another/);
    expect(await findVersion(database.db, 'thief', undefined)).toBeUndefined();
  });

  it('counts who holds what would go', async () => {
    const values = (id: string, menuRoles: string[]) => ({
      ...{ id, subsystem_code: 'probe', unit_code: '0000000001', status: 'active' as const },
      ...{ national_id_index: Buffer.alloc(32), holder_name: '測試', role: 'member', duty: 'medical' },
      menu_roles: menuRoles,
    });
    const rows = [
      values('P@00000001P@prb_01', ['reader']),
      values('P@00000002P@prb_01', ['reader', 'writer']),
    ];
    await database.db.insertInto('subsystem_account').values(rows).execute();
    const counts = await countHolders(database.db, 'probe', {
      roles: ['lead'],
      duties: ['medical'],
      menuRoles: ['reader', 'writer'],
    });
    expect(Object.fromEntries(counts)).toEqual({
      'duties.medical.code': 2,
      'menuRoles.reader.code': 2,
      'menuRoles.writer.code': 1,
    });
  });

  it('keeps two secrets at most, the older until its date, and only their digests', async () => {
    const first = await rotateClientSecret(deps, 'probe-app', 7, by);
    const second = await rotateClientSecret(deps, 'probe-app', 7, by);
    expect(first.secret).not.toBe(second.secret);
    const row = await database.db.selectFrom('client').selectAll().executeTakeFirstOrThrow();
    for (const secret of [first.secret, second.secret]) expect(JSON.stringify(row)).not.toContain(secret);
    expect((await findClientSecrets(database.db, 'probe-app')).hasSecret).toBe(true);
    await revokePreviousSecret(deps, 'probe-app', by);
    await expect(revokePreviousSecret(deps, 'probe-app', by)).rejects.toThrow(Fault);
    await expect(rotateClientSecret(deps, 'probe-app', 91, by)).rejects.toMatchObject({
      code: 'bad_request',
    });
    await expect(rotateClientSecret(deps, 'nobody', 1, by)).rejects.toMatchObject({ code: 'not_found' });
    now = new Date();
  });

  it('takes each change in once: what every replica asks for each second holds nothing it has', async () => {
    const registry = await createClientRegistry(database.db);
    const digest = registry.find('probe-app')?.secretDigest;
    await rotateClientSecret(deps, 'probe-app', 7, by);
    await registry.refresh();
    expect(registry.find('probe-app')?.secretDigest).not.toEqual(digest);
    const { changes } = registry;
    await registry.refresh();
    expect(registry.changes).toBe(changes);
    const known = registry.list().map(({ revision }) => revision);
    expect(await listClientsSince(database.db, 0, known)).toEqual([]);
    expect((await listClientsSince(database.db, 0, known.slice(1))).length).toBe(1);
    await revokePreviousSecret(deps, 'probe-app', by);
  });

  it('F12: a disabled client stays disabled, whatever is applied or rotated', async () => {
    expect(await setClientStatus(database.db, 'probe-app', 'disabled', by)).toBe(true);
    const changed = read((manifest) => void (manifest.name.en = 'While disabled'));
    await applyManifest(deps, changed, 'another-secret');
    await rotateClientSecret(deps, 'probe-app', 0, by);
    const { status } = await database.db.selectFrom('client').select('status').executeTakeFirstOrThrow();
    expect(status).toBe('disabled');
  });

  it('records who did each deed, why and from where', async () => {
    const rows = await database.db.selectFrom('audit_event').selectAll().orderBy('id').execute();
    const mine = rows.filter(({ actor_account_id: actor }) => actor === by.actor.accountId);
    expect(new Set(mine.map(({ type }) => type))).toEqual(
      new Set([
        'subsystem.applied',
        'client_secret.rotated',
        'client_secret.revoked',
        'client.status_changed',
      ]),
    );
    for (const { details, ip } of mine) {
      expect(details).toMatchObject({ reason: by.reason, via: 'console' });
      expect(ip).toBe(from.ip);
    }
  });
});
