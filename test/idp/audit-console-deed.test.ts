import { openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { describeChanges, recordConsoleDeed } from '#idp/audit/index.ts';
import { cloneDatabase } from '../support/databases.ts';

describe('a deed in the console', () => {
  it('names every changed field, and tells values only where they are neither secret nor personal', () => {
    const record = describeChanges({
      role: ['user', 'unit_manager'],
      unitCode: ['1', '2'],
      menu_roles: [['a'], ['a', 'b']],
      email: ['old@example.org', 'new@example.org'],
      loginPassword: ['one', 'two'],
      clientSecret: ['s', 't'],
      note: ['A123456789', ''],
      status: ['active', 'active'],
      expiresAt: [undefined, new Date(0)],
    });
    expect(record).toEqual({
      fields: [
        'role',
        'unitCode',
        'menu_roles',
        'email',
        'loginPassword',
        'clientSecret',
        'note',
        'expiresAt',
      ],
      before: { role: 'user', unitCode: '1', menu_roles: ['a'], expiresAt: null },
      after: {
        role: 'unit_manager',
        unitCode: '2',
        menu_roles: ['a', 'b'],
        expiresAt: '1970-01-01T00:00:00.000Z',
      },
    });
    expect(JSON.stringify(record)).not.toMatch(/example\.org|A123|"one"/);
    expect(describeChanges({ nameEn: ['A', 'B'] }, ['nameEn']).after).toEqual({ nameEn: 'B' });
  });

  it('J3: leaves who, what, before and after, why and from where, in the deed’s own transaction', async () => {
    const clone = await cloneDatabase('idp');
    const database = openDatabase<IdpTables>({
      url: clone.url,
      connections: 1,
      applicationName: 'test',
      onConnectionLost: () => {},
    });
    const { db } = database;
    const actor = {
      accountId: '00000000-0000-4000-8000-000000000001',
      role: 'hpa_admin',
      unitCode: '1',
      session: { uid: 'S' },
    };
    const deed = {
      type: 'unit.closed',
      target: { kind: 'unit', id: '0936' },
      unitCode: '0936',
      changes: { status: ['active', 'closed'] },
      reason: 'merged\ninto <b>another</b>',
      from: { ip: '192.0.2.1', userAgent: 'Browser', requestId: 'R1' },
    } as const;
    await expect(
      db.transaction().execute(async (trx) => {
        await recordConsoleDeed(trx, actor, deed);
        throw new Error('the deed failed');
      }),
    ).rejects.toThrow('the deed failed');
    await db.transaction().execute((trx) => recordConsoleDeed(trx, actor, deed));
    const rows = await db.selectFrom('audit_event').selectAll().execute();
    expect(rows).toEqual([
      expect.objectContaining({
        type: 'unit.closed',
        outcome: 'success',
        actor_account_id: actor.accountId,
        session_uid: 'S',
        ip: '192.0.2.1',
        user_agent: 'Browser',
        request_id: 'R1',
        details: {
          via: 'console',
          role: 'hpa_admin',
          unit: '0936',
          target: 'unit:0936',
          fields: ['status'],
          before: { status: 'active' },
          after: { status: 'closed' },
          reason: 'merged into <b>another</b>',
        },
      }),
    ]);
    await database.close();
    await clone.drop();
  });
});
