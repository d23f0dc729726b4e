import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CryptoKey, SignJWT, generateKeyPair } from 'jose';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const PER_SECOND = 500;
const SECONDS = 10;
/** Of one core, of the identity provider. */
const MOST_CPU = 0.2;
const TICKS_PER_SECOND = 100;

describe('a storm of keys nobody knows', () => {
  let world: FaultWorld;
  let stranger: CryptoKey;
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });

  beforeAll(async () => {
    stranger = (await generateKeyPair('ES256')).privateKey;
    world = await startFaultWorld({ replicas: 1, balancer: 'none', mch: 1 });
  });
  afterAll(async () => {
    agent.destroy();
    await world.stop();
  });

  /** Seconds of processor time the identity provider has taken. */
  const cpu = (): number => {
    const fields = readFileSync(`/proc/${world.replicas[0]?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ');
    return (Number(fields?.[11]) + Number(fields?.[12])) / TICKS_PER_SECOND;
  };
  const ask = (url: string, body?: string): Promise<number> =>
    new Promise((resolve) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const outgoing = request(url, {
        agent,
        ...(body === undefined ? { method: 'GET' } : { method: 'POST', headers }),
      });
      outgoing.once('response', (answer) =>
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0)),
      );
      outgoing.once('error', () => resolve(0));
      outgoing.end(body);
    });
  const storm = async (send: (at: number) => Promise<number>) => {
    const answers: Promise<number>[] = [];
    const [from, used] = [performance.now(), cpu()];
    for (let tick = 0; tick < SECONDS * 10; tick += 1) {
      for (let one = 0; one < PER_SECOND / 10; one += 1) answers.push(send(answers.length));
      await sleep(Math.max(0, from + (tick + 1) * 100 - performance.now()));
    }
    const statuses = await Promise.all(answers);
    const seconds = (performance.now() - from) / 1000;
    const counted = Object.entries(Object.groupBy(statuses, String)).map(
      ([status, all]) => `${all?.length} × ${status}`,
    );
    return {
      share: (cpu() - used) / seconds,
      perSecond: statuses.length / seconds,
      counted: counted.join(', '),
    };
  };
  const tell = (what: string, { share, perSecond, counted }: Awaited<ReturnType<typeof storm>>): void => {
    const figures = `${counted} at ${perSecond.toFixed(0)}/s; the identity provider took ${(share * 100).toFixed(1)} % of a core`;
    recordResult({ row: 'R23', deed: what, figures, passed: share < MOST_CPU });
  };

  it('R23: logout tokens of unknown keys at the MCH system are no work for the identity provider', async () => {
    const forged = await Promise.all(
      Array.from({ length: PER_SECOND * SECONDS }, () =>
        new SignJWT({ sid: randomUUID() })
          .setProtectedHeader({ alg: 'ES256', typ: 'logout+jwt', kid: randomUUID() })
          .setIssuer(world.issuer)
          .setAudience('mch-app')
          .setIssuedAt()
          .setExpirationTime('120s')
          .sign(stranger),
      ),
    );
    const url = `${world.mch?.origin}/backchannel-logout`;
    const done = await storm((at) =>
      ask(url, new URLSearchParams({ logout_token: forged[at] ?? '' }).toString()),
    );
    tell(`${PER_SECOND} logout tokens a second under unknown keys at the MCH system`, done);
    expect(done.counted).toBe(`${PER_SECOND * SECONDS} × 400`);
    expect(done.share).toBeLessThan(MOST_CPU);
  });

  it('R23: key sets and discovery, asked for without end, come from memory', async () => {
    const paths = ['/oidc/jwks', '/.well-known/openid-configuration'];
    const done = await storm((at) => ask(`${world.issuer}${paths[at % 2]}`));
    tell(`${PER_SECOND} key sets and discovery documents a second`, done);
    expect(done.counted).toBe(`${PER_SECOND * SECONDS} × 200`);
    expect(done.share).toBeLessThan(MOST_CPU);
  });
});
