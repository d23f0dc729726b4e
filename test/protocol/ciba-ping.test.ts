import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSnapshot } from '#idp/monitoring/store.ts';
import { type CibaWorld, startCibaWorld } from '../support/ciba.ts';
import { makeCertificate } from '../support/client-certificate.ts';
import { eventually } from '../support/eventually.ts';

const LAB_1 = 'P@00000001P@lab_01';
const TOKEN = '8d67dc78-7faa-4d41-aabd-67707b374255';

describe('OpenID Connect CIBA Core 1.0: ping', () => {
  let world: CibaWorld;
  const heard: { path: string; authorization: string; type: string; body: string }[] = [];
  let answer: { status: number; headers?: Record<string, string> } = { status: 204 };
  const folder = mkdtempSync(path.join(tmpdir(), 'ping-'));
  let client: Server;
  const listen = (tls: { key: string; cert: string }) =>
    createServer(tls, (req, res) => {
      let body = '';
      req.on('data', (chunk: Buffer) => (body += chunk.toString()));
      req.on('end', () => {
        const { authorization = '', 'content-type': type = '' } = req.headers;
        heard.push({ path: req.url ?? '', authorization, type, body });
        res.writeHead(answer.status, answer.headers).end(answer.status === 200 ? 'a body' : undefined);
      });
    });

  beforeAll(async () => {
    const { pem, keyPem } = await makeCertificate('CN=localhost', [{ type: 'dns', value: 'localhost' }]);
    const trusted = path.join(folder, 'client.pem');
    writeFileSync(trusted, pem);
    client = listen({ key: keyPem, cert: pem });
    await new Promise<void>((resolve) => client.listen(0, '127.0.0.1', resolve));
    const { port } = client.address() as AddressInfo;
    world = await startCibaWorld(
      { env: { NODE_EXTRA_CA_CERTS: trusted } },
      {
        backchannel_token_delivery_mode: 'ping',
        backchannel_client_notification_endpoint: `https://localhost:${port}/ping`,
      },
    );
  });
  afterAll(async () => {
    await world.stop();
    client.closeAllConnections();
    client.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    heard.length = 0;
    answer = { status: 204 };
    await world.database.db.deleteFrom('attempt_throttle').execute();
    await world.database.db.deleteFrom('oidc_waiting').execute();
  });

  const ask = () => world.ask({ client_notification_token: TOKEN });
  const row = () => world.database.db.selectFrom('backchannel_ping').selectAll().executeTakeFirstOrThrow();
  async function decide(decision: 'approve' | 'refuse'): Promise<void> {
    const browser = await world.signedIn();
    await world.openNewest(browser);
    await world.press(browser, decision, decision === 'approve' ? LAB_1 : undefined);
  }
  /** Whatever is to be tried again is due now. */
  async function hurry(): Promise<void> {
    await world.database.query(
      'update backchannel_ping set next_attempt_at = now(), leased_until = null where next_attempt_at > now() and $1',
      [true],
    );
    await world.database.query("select pg_notify('backchannel_ping', $1)", ['']);
  }

  it('CIBA §7.1: such a client brings a bearer token of 128 bits and no more than 1024 characters', async () => {
    const wrong = [
      {},
      ...['x'.repeat(21), 'not a token at all, is it', 'x'.repeat(1025)].map((client_notification_token) => ({
        client_notification_token,
      })),
    ];
    for (const parameters of wrong) {
      const request = { scope: 'openid', login_hint: 'demo.nurse', ...parameters };
      expect(await world.request(request)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    }
  });

  it('CIBA §10.2: it is told once that the person has answered, by its own token, and then fetches or polls', async () => {
    const approved = await ask();
    expect(heard).toEqual([]);
    await decide('approve');
    await eventually(() => expect(heard).toHaveLength(1));
    expect(heard[0]).toMatchObject({
      path: '/ping',
      authorization: `Bearer ${TOKEN}`,
      type: 'application/json',
    });
    expect(JSON.parse(heard[0]?.body ?? '')).toEqual({ auth_req_id: approved.auth_req_id });
    await eventually(async () => expect((await row()).delivered_at).not.toBeNull());
    const [first, second] = await Promise.all([
      world.fetchTokens(approved.auth_req_id, world.replicaUrls[0]),
      world.fetchTokens(approved.auth_req_id, world.replicaUrls[1]),
    ]);
    expect(new Set([first.status, second.status])).toEqual(new Set([200, 400]));

    await world.database.db.deleteFrom('oidc_waiting').execute();
    answer = { status: 200 };
    const refused = await ask();
    await decide('refuse');
    await eventually(() => expect(heard).toHaveLength(2));
    await eventually(async () => expect((await row()).delivered_at).not.toBeNull());
    expect((await world.fetchTokens(refused.auth_req_id)).body).toMatchObject({ error: 'access_denied' });
    await hurry();
    await ask();
    await world.expire();
    await eventually(async () => {
      const expired = await world.database.db
        .selectFrom('audit_event')
        .select('client_id')
        .where('type', '=', 'ciba_request.expired')
        .execute();
      expect(expired).toEqual([{ client_id: 'lab-app' }]);
    }, 15_000);
    expect(heard).toHaveLength(2);
  });

  it('CIBA §10.2: what the client rejects or redirects is its last word; what fails is tried again', async () => {
    const words = [
      { status: 401 },
      { status: 403 },
      { status: 302, headers: { location: `${world.issuer}/elsewhere` } },
    ];
    for (const word of words) {
      heard.length = 0;
      answer = word;
      await world.database.db.deleteFrom('oidc_waiting').execute();
      await ask();
      await decide('approve');
      await eventually(async () => expect((await row()).dead_at).not.toBeNull());
      await hurry();
      expect(await row()).toMatchObject({ attempts: 1, last_error: `answered ${word.status}` });
      expect(heard.map(({ path }) => path)).toEqual(['/ping']);
    }
    const seen = async () => {
      const { pings } = await readSnapshot(world.database.db, []);
      return [pings.waiting, pings.dead, pings.oldestSeconds > 0];
    };
    expect(await seen()).toEqual([0, 1, false]);
    answer = { status: 503 };
    await world.database.db.deleteFrom('oidc_waiting').execute();
    await ask();
    expect(await seen()).toEqual([0, 0, false]); // nobody has answered: there is nothing to tell
    await decide('approve');
    await eventually(async () => expect((await row()).last_error).toBe('answered 503'));
    expect(await row()).toMatchObject({ dead_at: null, delivered_at: null });
    expect(await seen()).toEqual([1, 0, true]);
    answer = { status: 204 };
    await hurry();
    await eventually(async () => expect((await row()).delivered_at).not.toBeNull());
  });

  it('J2: neither the request’s id nor the client’s token can be read in the database', async () => {
    const asked = await ask();
    const sealed = await row();
    const text = sealed.secret_sealed.toString('latin1') + JSON.stringify(sealed);
    expect([TOKEN, asked.auth_req_id].filter((one) => text.includes(one))).toEqual([]);
  });
});
