import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { ACCESS_TOKEN, EXCHANGE, post } from '../support/relying-party.ts';

const LIMIT = 40;
const ROUNDS = 15;
const AT_ONCE = 8;

describe('C23: exchanges in a minute', () => {
  let world: IdpWorld;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2, env: { EXCHANGES_PER_MINUTE: String(LIMIT) } });
  });
  afterAll(() => world.stop());

  const exchange = (clientId: string, base: string | undefined) =>
    post(
      world,
      '/oidc/token',
      { grant_type: EXCHANGE, subject_token: 'x', subject_token_type: ACCESS_TOKEN, account: 'y' },
      { clientId, ...(base !== undefined && { base }) },
    );

  it('are limited for one client over all replicas together, refused ones counted; others go on', async () => {
    const answers: Awaited<ReturnType<typeof post>>[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const turn = Array.from({ length: AT_ONCE }, (_, at) => exchange('lab-app', world.replicaUrls[at % 2]));
      answers.push(...(await Promise.all(turn)));
    }
    const letThrough = answers.filter(({ status }) => status === 400);
    const stopped = answers.filter(({ status }) => status === 429);
    expect(letThrough.length + stopped.length).toBe(ROUNDS * AT_ONCE);
    // a minute may end meanwhile, and those at once read the count before any of them is in it
    expect(letThrough.length).toBeLessThanOrEqual(2 * (LIMIT + AT_ONCE));
    expect(stopped.length).toBeGreaterThanOrEqual(ROUNDS * AT_ONCE - 2 * (LIMIT + AT_ONCE));
    for (const { body, headers } of stopped) {
      expect(body['error']).toBe('temporarily_unavailable');
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
    }
    for (const base of world.replicaUrls) {
      expect(await exchange('mch-app', base)).toMatchObject({
        status: 400,
        body: { error: 'invalid_request' },
      });
    }
    const rows = await world.database.db
      .selectFrom('exchange_count')
      .select(['client_id', 'exchanges'])
      .execute();
    const counted = rows
      .filter(({ client_id: id }) => id === 'lab-app')
      .reduce((sum, row) => sum + row.exchanges, 0);
    expect(counted).toBe(letThrough.length);
  });
});
