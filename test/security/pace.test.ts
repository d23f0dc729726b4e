import { MinuteCount } from '#idp/oidc/pace.ts';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';

const LIMIT = 20;
const ADDRESS_LIMIT = 150;

describe('I13: the endpoints that programs call', () => {
  let world: IdpWorld;

  beforeAll(async () => {
    world = await startIdpWorld({
      env: {
        IDP_TRUSTED_PROXY_HOPS: '1',
        CLIENT_REQUESTS_PER_MINUTE: String(LIMIT),
        ADDRESS_REQUESTS_PER_MINUTE: String(ADDRESS_LIMIT),
      },
    });
  });
  afterAll(() => world.stop());

  const send = (
    path: string,
    clientId: string,
    address: string,
    body = 'token=x&grant_type=refresh_token',
  ) => {
    const authorization = `Basic ${Buffer.from(`${clientId}:${CLIENT_SECRET}`).toString('base64')}`;
    const headers = { ...FORM, authorization, 'x-forwarded-for': address };
    return rawRequest(world.issuer, 'POST', path, { headers, body });
  };
  const statuses = async (count: number, once: (at: number) => ReturnType<typeof send>) => {
    const answers = await Promise.all(Array.from({ length: count }, (_, at) => once(at)));
    return answers.map(({ status }) => status);
  };

  it.each([
    '/oidc/token',
    '/oidc/introspection',
    '/oidc/revocation',
    '/oidc/par',
    '/oidc/device_authorization',
    '/oidc/backchannel',
  ])(
    '%s: stops one client at one address, with Retry-After; others go on, from there or elsewhere',
    async (path) => {
      const address = `10.1.0.${path.length}`;
      // a minute may end in between: then the second half is stopped within its own
      const stopped = await statuses(2 * LIMIT + 5, () => send(path, 'lab-app', address));
      expect(stopped).toContain(429);
      const answer = await eventually429(path, address);
      expect(JSON.parse(answer.body)).toMatchObject({ error: 'temporarily_unavailable' });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
      expect((await send(path, 'lab-app', '10.2.0.1')).status).not.toBe(429);
      expect((await send(path, 'mch-app', address)).status).not.toBe(429);
    },
  );

  it('stops an address that names ever new clients, before they are looked at', async () => {
    const names = await statuses(2 * ADDRESS_LIMIT + 5, (at) =>
      send('/oidc/token', `nobody-${at}`, '10.3.0.1'),
    );
    expect(names).toContain(429);
    expect((await send('/oidc/token', 'lab-app', '10.3.0.2')).status).not.toBe(429);
  });

  it('never limits keys, metadata and health', async () => {
    for (const path of ['/oidc/jwks', '/.well-known/openid-configuration', '/healthz', '/readyz']) {
      const answers = await Promise.all(
        Array.from({ length: 2 * LIMIT }, () => rawRequest(world.issuer, 'GET', path)),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    }
  });

  it('remembers no more callers than it has room for, and begins anew each minute', () => {
    const count = new MinuteCount();
    for (let at = 0; at < 60_000; at += 1) count.add(`caller ${at}`, 0);
    expect(count.add('caller 0', 0)).toBe(2);
    expect(count.add('a new one', 0)).toBeGreaterThan(10_000);
    expect(count.add('a new one', 60_000)).toBe(1);
  });

  async function eventually429(path: string, address: string): ReturnType<typeof send> {
    for (;;) {
      const answer = await send(path, 'lab-app', address);
      if (answer.status === 429) return answer;
    }
  }
});
