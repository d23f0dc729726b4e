import type { IdpWorld, WorldOptions } from './idp-world.ts';
import { startIdpWorld } from './idp-world.ts';
import { type Journey, type Page, signIn } from './journey.ts';
import { applyVariant } from './manifest-variant.ts';
import { browserOf, post } from './relying-party.ts';

export const CIBA_GRANT = 'urn:openid:params:grant-type:ciba';

export interface Acknowledged {
  auth_req_id: string;
  expires_in: number;
  interval: number;
}

type Answer = ReturnType<typeof post>;

/** A world whose `lab-app` asks people without their browser, and the people whom it asks. */
export interface CibaWorld extends IdpWorld {
  request(parameters: Record<string, string>, clientId?: string, base?: string): Answer;
  /** demo.nurse is asked, by sign-in name. */
  ask(extra?: Record<string, string>, clientId?: string): Promise<Acknowledged>;
  fetchTokens(id: string, base?: string, clientId?: string): Answer;
  /** Somebody signs in to the portal in a browser of their own. */
  signedIn(loginName?: string): Promise<Journey>;
  /** The page of the newest request that waits for whoever looks. */
  openNewest(browser: Journey): Promise<Page>;
  press(browser: Journey, decision: 'approve' | 'refuse', account?: string): Promise<Page>;
  tokensFor(account: string): Promise<{ access_token: string; refresh_token: string; id_token: string }>;
  refresh(token: string): Answer;
  userinfo(token: string): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Turns the clock of every request that waits on to its end. */
  expire(): Promise<void>;
  /** No request waits, and nobody has tried too often. */
  forget(): Promise<void>;
}

export async function startCibaWorld(
  options: WorldOptions = {},
  client: Record<string, unknown> = {},
): Promise<CibaWorld> {
  return askPeople(await startIdpWorld({ replicas: 2, ...options }), client);
}

/** @param client what else its manifest says */
export async function askPeople(world: IdpWorld, client: Record<string, unknown> = {}): Promise<CibaWorld> {
  const run = await applyVariant(world, 'lab', (manifest) => {
    const grants = manifest.client['grant_types'] as string[];
    Object.assign(manifest.client, {
      grant_types: [...grants, CIBA_GRANT],
      backchannel_token_delivery_mode: 'poll',
      ...client,
    });
  });
  if (run.code !== 0) throw new Error(run.output);
  const ciba: CibaWorld = Object.assign(world, {
    request: (parameters: Record<string, string>, clientId = 'lab-app', base = world.issuer) =>
      post(world, '/oidc/backchannel', parameters, { clientId, base }),
    async ask(extra: Record<string, string> = {}, clientId = 'lab-app') {
      const named = 'id_token_hint' in extra ? {} : { login_hint: 'demo.nurse' };
      const parameters = { scope: 'openid profile subsystem_account', ...named, ...extra };
      const { status, body } = await ciba.request(parameters, clientId);
      if (status !== 200) throw new Error(JSON.stringify(body));
      return body as unknown as Acknowledged;
    },
    fetchTokens(id: string, base?: string, clientId = 'lab-app') {
      const parameters = { grant_type: CIBA_GRANT, auth_req_id: id };
      return post(world, '/oidc/token', parameters, { clientId, ...(base !== undefined && { base }) });
    },
    async signedIn(loginName = 'demo.nurse') {
      const browser = browserOf(world);
      await browser.open(`${world.issuer}/sign-in`);
      await signIn(browser, loginName);
      return browser;
    },
    async openNewest(browser: Journey) {
      const list = await browser.open(`${world.issuer}/account/sign-in-requests`);
      const links = [...list.html.matchAll(/href="(\/account\/sign-in-requests\/[0-9a-f-]{36})"/g)];
      return browser.open(`${world.issuer}${links.at(-1)?.[1] ?? '/nothing-waits'}`);
    },
    async forget() {
      for (const table of ['attempt_throttle', 'oidc_waiting'] as const) {
        await world.database.db.deleteFrom(table).execute();
      }
    },
    press(browser: Journey, decision: 'approve' | 'refuse', account?: string) {
      return browser.submit(
        (form) => form.buttons.some(({ name }) => name === 'decision'),
        account === undefined ? {} : { account },
        ({ name, value }) => name === 'decision' && value === decision,
      );
    },
    async tokensFor(account: string) {
      const asked = await ciba.ask();
      const browser = await ciba.signedIn();
      await ciba.openNewest(browser);
      await ciba.press(browser, 'approve', account);
      const { status, body } = await ciba.fetchTokens(asked.auth_req_id);
      if (status !== 200) throw new Error(JSON.stringify(body));
      return body as { access_token: string; refresh_token: string; id_token: string };
    },
    refresh: (token: string) =>
      post(
        world,
        '/oidc/token',
        { grant_type: 'refresh_token', refresh_token: token },
        { clientId: 'lab-app' },
      ),
    async userinfo(token: string) {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${world.issuer}/oidc/userinfo`, { headers });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    async expire() {
      await world.database.db
        .updateTable('oidc_waiting')
        .set({ expires_at: new Date(Date.now() - 1000) })
        .execute();
    },
  });
  return ciba;
}
