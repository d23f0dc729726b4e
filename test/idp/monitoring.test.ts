import { monitoringReadings } from '#idp/monitoring/index.ts';
import { systemClock } from '#kit/clock.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { freePort, startReplica } from '../support/replica.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { readSamples, sumOf } from '../support/scrape.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';

describe('seen from outside', () => {
  let world: IdpWorld;
  let metricsUrl: string;

  beforeAll(async () => {
    const port = await freePort();
    metricsUrl = `http://127.0.0.1:${port}/metrics`;
    world = await startIdpWorld({ env: { IDP_METRICS_PORT: String(port) } });
  });
  afterAll(() => world.stop());

  it('tells Prometheus of endpoints, clients, outcomes, sign-ins and exchanges', async () => {
    const lab = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    const at = await lab.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 });
    const tokens = await lab.redeem(at);
    await lab.exchange(tokens.access_token, LAB_2);
    await expect(
      lab.exchange('m00000000000000000000000000000000000000000000000000', LAB_2),
    ).rejects.toThrow();

    await eventually(async () => {
      const samples = await readSamples(metricsUrl);
      const byClient = { client_id: 'lab-app', route: '/oidc/token' };
      expect(sumOf(samples, 'http_client_requests_total', { ...byClient, outcome: 'ok' })).toBe(2);
      expect(sumOf(samples, 'http_client_requests_total', { ...byClient, outcome: 'invalid_request' })).toBe(
        1,
      );
      const exchanges = { type: 'account.switched' };
      expect(sumOf(samples, 'idp_audit_events_total', { ...exchanges, outcome: 'success' })).toBe(1);
      expect(
        sumOf(samples, 'idp_audit_events_total', { ...exchanges, reason: 'subject_token_invalid' }),
      ).toBe(1);
      expect(sumOf(samples, 'idp_audit_events_total', { type: 'sign_in.succeeded' })).toBe(1);
      expect(
        sumOf(samples, 'http_request_duration_seconds_count', {
          route: '/interaction/:uid/password',
          status: '3xx',
        }),
      ).toBeGreaterThan(0);
      expect(sumOf(samples, 'idp_hash_jobs_total', {})).toBeGreaterThan(0);
      expect(sumOf(samples, 'db_statements_total', { pool: 'requests' })).toBeGreaterThan(5);
      expect(sumOf(samples, 'idp_signing_keys', { state: 'active' })).toBe(2);
      expect(sumOf(samples, 'idp_partitions_ahead_seconds', { table: 'artefact_hours' })).toBeGreaterThan(
        3600,
      );
      expect(sumOf(samples, 'job_runs_total', { job: 'signing-keys' })).toBeGreaterThan(0);
      const outboxes = samples.filter(({ name }) => name === 'idp_outbox_waiting');
      const names = new Set(outboxes.map(({ labels }) => labels['outbox']));
      expect(names).toEqual(new Set(['mails', 'logouts', 'pings']));
    });
  });

  it('keeps labels few: no address, no made-up client, no person stands in the metrics', async () => {
    for (const path of ['/a-path-nobody-has', '/oidc/nothing', '/accounts/P%4000000001P%40mbh_01/entry']) {
      await fetch(`${world.issuer}${path}`, { redirect: 'manual' });
    }
    await fetch(`${world.issuer}/oidc/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=authorization_code&client_id=nobody-knows-this-client&code=x',
    });
    const text = await (await fetch(metricsUrl)).text();
    for (const word of ['nobody-', 'P@0', 'P%40', 'demo.nurse', 'example.test'])
      expect(text).not.toContain(word);
  });

  it('asks the database once in ten seconds, however often it is scraped', async () => {
    const partitioned = [{ table: 'artefact_hours', bucketSeconds: 14_400 }];
    const { database } = world;
    const readings = monitoringReadings({ db: database.db, clock: systemClock, partitioned });
    expect(readings.length).toBeGreaterThan(10);
    const before = database.roundTrips;
    for (let scrape = 0; scrape < 20; scrape += 1)
      await Promise.all(readings.map(async ({ read }) => read()));
    expect(database.roundTrips - before).toBe(1);
  });

  it('holds one port for all processes behind one, each under its own label', async () => {
    const [port, metricsPort] = [await freePort(), await freePort()];
    const served = await startReplica(['idp/serve.ts'], {
      ...world.env,
      IDP_PORT: String(port),
      IDP_METRICS_PORT: String(metricsPort),
      IDP_PROCESSES: '2',
      IDP_DRAIN_SECONDS: '0',
    });
    await Promise.all(
      Array.from({ length: 20 }, () =>
        fetch(`http://127.0.0.1:${port}/.well-known/openid-configuration`, {
          headers: { connection: 'close' },
        }),
      ),
    );
    await eventually(async () => {
      const samples = await readSamples(`http://127.0.0.1:${metricsPort}/metrics`);
      const seen = samples.filter(({ name }) => name === 'http_request_duration_seconds_count');
      expect(new Set(seen.map(({ labels }) => labels['worker'])).size).toBe(2);
      const documents = { route: '/.well-known/openid-configuration' };
      expect(sumOf(samples, 'http_request_duration_seconds_count', documents)).toBe(20);
      expect(sumOf(samples, 'workers', {})).toBe(2);
      expect(sumOf(samples, 'idp_signing_keys', { state: 'active' })).toBe(2); // one process tells
    }, 15_000);
    await served.stop();
  });

  it('logs one line a request, by the route, with an id that the answer carries', async () => {
    const answer = await fetch(`${world.issuer}/sign-in?login_hint=canary-query`, {
      redirect: 'manual',
      headers: { 'X-Request-Id': 'from-the-balancer-1' },
    });
    expect(answer.headers.get('x-request-id')).toBe('from-the-balancer-1');
    const odd = await fetch(`${world.issuer}/healthz`, { headers: { 'X-Request-Id': 'a "b" {c}' } });
    expect(odd.headers.get('x-request-id')).toMatch(/^[\w-]{12}$/);
    await eventually(() => {
      const lines = (world.replicas[0]?.output() ?? '').split('\n').filter((line) => line.endsWith('}'));
      const found = lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .find(({ requestId }) => requestId === 'from-the-balancer-1');
      expect(found).toMatchObject({ msg: 'request', method: 'GET', route: '/sign-in', name: 'idp' });
      expect(found).toHaveProperty('ms');
      expect(found).toHaveProperty('bytes');
    });
    await sleep(50);
    expect(world.replicas[0]?.output()).not.toContain('canary-query');
  });
});
