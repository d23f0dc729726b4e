import { readFileSync } from 'node:fs';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Party } from '../../bench/party.ts';
import { loginNameOf } from '../../bench/people.ts';
import { eventually } from '../support/eventually.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const PARTIES = 1000;

describe('a thousand relying parties that say nothing', () => {
  let world: FaultWorld;
  const open = new Set<Socket>();
  let most = 0;
  const hole = createServer((socket) => {
    open.add(socket);
    most = Math.max(most, open.size);
    socket.resume();
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });

  beforeAll(async () => {
    world = await startFaultWorld({ replicas: 1, people: 1, balancer: 'none' });
    await new Promise<void>((resolve) => hole.listen(0, resolve));
  });
  afterAll(async () => {
    await world.stop();
    for (const socket of open) socket.destroy();
    hole.close();
  });

  const memory = (): number => {
    const status = readFileSync(`/proc/${world.replicas[0]?.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  };

  it('R18: signing out takes no longer, others’ logouts arrive, connections and memory stay bounded', async () => {
    const { db } = world.database;
    const { port } = hole.address() as AddressInfo;
    const person = new Party(world, 0);
    await person.signIn();
    // each at an address of its own
    await sql`insert into client (client_id, metadata, secret_digest, status)
      select 'silent-' || n, metadata || jsonb_build_object('client_id', 'silent-' || n, 'backchannel_logout_uri',
        'http://127.1.' || n / 250 || '.' || 1 + n % 250 || ':' || ${port}::text || '/logout'), secret_digest, 'active'
      from client, generate_series(1, ${PARTIES}::int) n where client_id = 'lab-app'
      on conflict do nothing`.execute(db);
    await sql`delete from logout_delivery where client_id like 'silent-%'`.execute(db); // of a first try
    const added = await sql`insert into oidc_session_client (session_uid, client_id, sid, grant_id)
      select s.uid, 'silent-' || n, 'sid-' || n, 'grant-' || n from oidc_session s join account a on a.id = s.account_id,
        generate_series(1, ${PARTIES}::int) n where a.login_name = ${loginNameOf(0)}`.execute(db);
    expect(added.numAffectedRows).toBe(BigInt(PARTIES));
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const other = browserOf(world);
    await rp.redeem(
      await rp.authorize(other, {}, { loginName: 'demo.nurse', account: 'P@00000001P@lab_01' }),
    );
    await sleep(2000); // the clients have come to be known
    const before = memory();

    const from = performance.now();
    const answer = await person.connection.send('/sign-out', { origin: world.issuer }, {});
    const took = performance.now() - from;
    expect(answer.status).toBeLessThan(400);
    expect(took).toBeLessThan(2000);

    await sleep(300);
    const out = performance.now();
    await other.open(`${world.issuer}/`);
    await other.submit((form) => form.action.endsWith('/sign-out'));
    await eventually(() => expect(world.logouts.map(({ client }) => client)).toContain('lab-app'), 20_000);
    const waited = performance.now() - out;

    let tried = 0;
    await eventually(async () => {
      const { rows } = await sql<{ tried: number }>`select count(*) as tried from logout_delivery
        where client_id like 'silent-%' and last_error is not null`.execute(db);
      tried = rows[0]?.tried ?? 0;
      expect(tried).toBe(PARTIES);
    }, 60_000);
    const grown = memory() - before;
    const figures =
      `sign-out answered in ${took.toFixed(0)} ms; a logout behind the ${PARTIES} arrived after ${waited.toFixed(0)} ms; ` +
      `at most ${most} connections; ${before.toFixed(0)} MB of memory before, ${(before + grown).toFixed(0)} after`;
    recordResult({ row: 'R18', deed: `${PARTIES} relying parties blackholed`, figures, passed: true });
    expect(most).toBeLessThanOrEqual(520);
    expect(grown).toBeLessThan(128); // a thousand logouts and 512 connections took 45 to 62
    person.close();
  });
});
