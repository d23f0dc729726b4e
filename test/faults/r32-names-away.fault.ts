import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Party } from '../../bench/party.ts';
import { loginNameOf } from '../../bench/people.ts';
import { eventually } from '../support/eventually.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { startLoad } from './load.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const NAMES = 60;
const SERVER = '127.0.0.66';

/** As root: the replica sees another /etc/resolv.conf, whose name server takes questions and says nothing. */
describe('a name server that says nothing', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'names-'));
  const server = createSocket('udp4');
  let world: FaultWorld;

  beforeAll(async () => {
    if (process.getuid?.() !== 0)
      throw new Error('Run this as root: it mounts a file of its own over /etc/resolv.conf.');
    await new Promise<void>((resolve) => server.bind(53, SERVER, resolve));
    const file = path.join(folder, 'resolv.conf');
    writeFileSync(file, `nameserver ${SERVER}\n`);
    const mount = `mount --bind ${file} /etc/resolv.conf; exec "$@"`;
    world = await startFaultWorld({
      ...{ replicas: 1, people: 12 },
      launch: () => ({ wrapper: ['unshare', '-m', 'sh', '-ec', mount, '-'] }),
    });
  });
  afterAll(async () => {
    await world.stop();
    server.close();
    rmSync(folder, { recursive: true });
  });

  const threads = (): number =>
    Number(/Threads:\s+(\d+)/.exec(readFileSync(`/proc/${world.replicas[0]?.pid}/status`, 'utf8'))?.[1]);

  it('R32: people are served as before, others’ logouts arrive, nothing waits longer than five seconds', async () => {
    const { db } = world.database;
    let questions = 0;
    server.on('message', () => (questions += 1));
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const logOutAtLab = async (): Promise<number> => {
      const browser = browserOf(world);
      await rp.redeem(
        await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: 'P@00000001P@lab_01' }),
      );
      world.logouts.length = 0;
      const from = performance.now();
      await browser.open(`${world.issuer}/`);
      await browser.submit((form) => form.action.endsWith('/sign-out'));
      await eventually(() => expect(world.logouts.map(({ client }) => client)).toContain('lab-app'), 20_000);
      return performance.now() - from;
    };
    const usualLogout = await logOutAtLab();
    const person = new Party(world, 11);
    await person.signIn();
    await sql`insert into client (client_id, metadata, secret_digest, status)
      select 'nameless-' || n, metadata || jsonb_build_object('client_id', 'nameless-' || n, 'backchannel_logout_uri',
        'http://slow-' || n || '.example.test/logout'), secret_digest, 'active'
      from client, generate_series(1, ${NAMES}::int) n where client_id = 'lab-app'`.execute(db);
    await sql`insert into oidc_session_client (session_uid, client_id, sid, grant_id)
      select s.uid, 'nameless-' || n, 'sid-' || n, 'grant-' || n from oidc_session s join account a on a.id = s.account_id,
        generate_series(1, ${NAMES}::int) n where a.login_name = ${loginNameOf(11)}`.execute(db);
    await sleep(2000);
    const load = await startLoad(world, { users: 10, perSecond: 15, seconds: 120 });
    await sleep(8000);
    const before = threads();
    const usual = load.ledger.percentile(0.99);
    const at = load.now();
    await person.connection.send('/sign-out', { origin: world.issuer }, {});
    await sleep(3000);
    const logout = await logOutAtLab();
    await eventually(async () => {
      const { rows } = await sql<{ tried: number }>`select count(*) as tried from logout_delivery
        where client_id like 'nameless-%' and last_error is not null`.execute(db);
      expect(rows[0]?.tried).toBe(NAMES);
    }, 30_000);
    const ledger = await load.stop();
    const meanwhile = ledger.percentile(0.99, (request) => request.at > at);
    const figures =
      `${questions} questions unanswered for ${NAMES} names; p99 ${usual.toFixed(0)} ms before, ${meanwhile.toFixed(0)} meanwhile; ` +
      `a logout elsewhere ${usualLogout.toFixed(0)} and ${logout.toFixed(0)} ms; ${before} and ${threads()} threads`;
    const passed = meanwhile < Math.max(500, usual * 3) && ledger.failures().length === 0 && questions > 0;
    recordResult({ row: 'R32', deed: 'name server silent', figures, passed });
    expect(questions).toBeGreaterThan(0);
    expect(ledger.failureKinds()).toEqual({});
    expect(meanwhile).toBeLessThan(Math.max(500, usual * 3));
    expect(threads()).toBe(before);
    person.close();
  });
});
