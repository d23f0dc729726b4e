import { DEMO_PASSWORD, people } from '#db/idp/seed/world.ts';
import { type Collector, type CollectedSpan, startCollector } from '../support/collector.ts';
import { eventually } from '../support/eventually.ts';
import { FIXED_CAPTCHA, createJourney, signIn } from '../support/journey.ts';
import { freePort } from '../support/replica.ts';
import { readSamples, sumOf } from '../support/scrape.ts';
import { type World, startWorld } from '../support/world.ts';

describe('traces', () => {
  let collector: Collector;
  let world: World;
  let code = '';
  let metricsUrl: string;

  beforeAll(async () => {
    collector = await startCollector();
    const metricsPort = await freePort();
    metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    world = await startWorld({
      mch: true,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_TRACES_SAMPLER_ARG: '1',
        IDP_METRICS_PORT: String(metricsPort),
      },
    });
    const journey = createJourney();
    journey.stopBefore((url) => url.origin === world.origins.mch && url.pathname === '/callback');
    await journey.open(`${world.origins.mch}/sign-in`);
    const { url } = await signIn(journey, 'demo.nurse');
    code = url.searchParams.get('code') ?? '';
    journey.stopBefore(() => false);
    const home = await journey.open(url.href);
    expect(home.status).toBe(200);
  });
  afterAll(async () => {
    await world.stop();
    await collector.stop();
  });

  const find = (service: string, name: string, traceId?: string): CollectedSpan => {
    const found = collector.spans.find(
      (span) =>
        span.service === service && span.name === name && (traceId === undefined || span.traceId === traceId),
    );
    if (!found) throw new Error(`${service} told of no ${name}`);
    return found;
  };
  const childrenOf = (parent: CollectedSpan): CollectedSpan[] =>
    collector.spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId);

  it('join the MCH system, the single entry and the statements of both into one', async () => {
    await eventually(() => void find('mch-app', 'GET /callback'), 5000);
    await eventually(() => void find('idp', 'GET /oidc/userinfo'), 5000);
    const root = find('mch-app', 'GET /callback');
    expect(root.parentSpanId ?? '').toBe('');
    const call = childrenOf(root).find(({ name }) => name === 'POST /oidc/token');
    expect(call).toMatchObject({ service: 'mch-app', kind: 3 });
    const answered = find('idp', 'POST /oidc/token', root.traceId);
    expect(answered).toMatchObject({ parentSpanId: call?.spanId, kind: 2 });
    expect(answered.attributes).toMatchObject({
      'http.route': '/oidc/token',
      'http.response.status_code': 200,
      'oauth.client_id': 'mch-app',
    });
    const statements = childrenOf(answered);
    expect(statements.length).toBeGreaterThan(0);
    for (const { attributes } of statements) expect(attributes['db.system.name']).toBe('postgresql');
    expect(statements.map(({ attributes }) => attributes['db.query.text']).join()).toMatch(/\$3/);
    const own = childrenOf(root).filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
    expect(own.map(({ name }) => name).join()).toContain('INSERT rp_session');
    // the same request id stands in the logs of both
    const requestId = String(root.attributes['request.id']);
    expect(answered.attributes['request.id']).toBe(requestId);
    for (const replica of [world.mch, world.idp[0]]) {
      await eventually(() => expect(replica?.output()).toContain(requestId));
    }
  });

  it('J2: hold no password, no national id, no code and no token', () => {
    const raw = collector.raw();
    expect(raw.length).toBeGreaterThan(10_000); // it was looked at
    expect(code.length).toBeGreaterThan(20);
    const nationalIds = people.map(({ nationalId }) => nationalId);
    for (const word of [DEMO_PASSWORD, code, FIXED_CAPTCHA, 'demo.nurse', 'example.test', ...nationalIds]) {
      expect(raw).not.toContain(word);
    }
    expect(raw).not.toMatch(/eyJ[\w-]{20,}/); // a JWT
    expect(raw).not.toMatch(/\b[mhw][0-9a-z]{6}[\w-]{43}\b/); // a token, a code, an interaction of ours
  });

  it('never hold a request up while the collector is away; what cannot be sent is counted', async () => {
    await collector.stop();
    const began = performance.now();
    for (let n = 0; n < 50; n += 1) {
      const { status } = await fetch(`${world.issuer}/.well-known/openid-configuration`);
      expect(status).toBe(200);
    }
    expect(performance.now() - began).toBeLessThan(2000);
    await eventually(async () => {
      expect(sumOf(await readSamples(metricsUrl), 'trace_spans_dropped_total', {})).toBeGreaterThan(10);
    }, 8000);
  });
});
