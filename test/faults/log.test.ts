import { createJourney, signIn } from '../support/journey.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { freePort, launchProgram } from '../support/replica.ts';
import { readSamples, sumOf } from '../support/scrape.ts';

const LINES = 9000;
const AT_ONCE = 20;

describe('a reader of the log that stands still', () => {
  let world: IdpWorld;
  beforeAll(async () => {
    world = await startIdpWorld();
  });
  afterAll(() => world.stop());

  it('R16: holds up no request, loses no audit record, costs counted lines only, and lets the program end', async () => {
    const [port, metricsPort] = [await freePort(), await freePort()];
    const { child, exited } = launchProgram(['idp/main.ts'], {
      ...world.env,
      IDP_PORT: String(port),
      IDP_METRICS_PORT: String(metricsPort),
    });
    await new Promise((ready) => child.once('message', ready));
    child.stdout?.pause();

    const took: number[] = [];
    let asked = 0;
    const ask = async (): Promise<void> => {
      while (asked < LINES) {
        asked += 1;
        const began = performance.now();
        const answer = await fetch(`http://127.0.0.1:${port}/.well-known/openid-configuration`);
        await answer.arrayBuffer();
        expect(answer.status).toBe(200);
        took.push(performance.now() - began);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    took.sort((a, b) => a - b);
    expect(took[Math.floor(took.length * 0.99)]).toBeLessThan(5000); // one held up would wait for ever

    const samples = await readSamples(`http://127.0.0.1:${metricsPort}/metrics`);
    expect(sumOf(samples, 'log_lines_dropped_total', {})).toBeGreaterThan(100);
    expect(sumOf(samples, 'log_waiting_bytes', {})).toBeLessThanOrEqual(1 << 20);

    const before = await countSignIns();
    const journey = createJourney({ via: { [world.issuer]: `http://127.0.0.1:${port}` } });
    await journey.open(`${world.issuer}/sign-in`);
    await signIn(journey, 'demo.nurse');
    expect(await countSignIns()).toBe(before + 1);

    const began = performance.now();
    child.kill('SIGTERM');
    await new Promise((gone) => child.once('exit', gone));
    expect(performance.now() - began).toBeLessThan(15_000);
    child.stdout?.resume();
    expect(await exited).toBe(0);
  });

  async function countSignIns(): Promise<number> {
    const [row] = await world.database.query<{ n: number }>(
      'select count(*)::int as n from audit_event where type = $1',
      ['sign_in.succeeded'],
    );
    return row?.n ?? 0;
  }
});
