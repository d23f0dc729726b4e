import { createHash } from 'node:crypto';
import { createKeyring } from '#kit/keyring.ts';
import type { IdpWorld } from './idp-world.ts';
import { startIdpWorld } from './idp-world.ts';
import { type Journey, type Page, signIn } from './journey.ts';
import { applyVariant } from './manifest-variant.ts';
import { browserOf, post } from './relying-party.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

export interface AskedDevice {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

type Answer = ReturnType<typeof post>;

/** A world whose `lab-app` runs on devices too, and such a device with the people in front of it. */
export interface DeviceWorld extends IdpWorld {
  ask(): Promise<AskedDevice>;
  fetchTokens(deviceCode: string, base?: string): Answer;
  typeCode(browser: Journey, code: string): Promise<Page>;
  press(browser: Journey, button: 'confirm' | 'abort'): Promise<Page>;
  /** demo.nurse says yes in a browser of her own. */
  approve(code: string, account: string): Promise<Page>;
  tokensFor(account: string): Promise<{ access_token: string; refresh_token: string; id_token: string }>;
  refresh(token: string): Answer;
  userinfo(token: string): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Turns a request's clock on: its end is told in what is sealed. */
  expire(id: string): Promise<void>;
}

export async function startDeviceWorld(): Promise<DeviceWorld> {
  const world = await startIdpWorld({ replicas: 2 });
  const run = await applyVariant(world, 'lab', ({ client }) => {
    client['grant_types'] = [...(client['grant_types'] as string[]), DEVICE_GRANT];
  });
  if (run.code !== 0) throw new Error(run.output);
  const of = { clientId: 'lab-app' };
  const device: DeviceWorld = Object.assign(world, {
    async ask() {
      const parameters = { scope: 'openid profile subsystem_account' };
      const { status, body } = await post(world, '/oidc/device_authorization', parameters, of);
      if (status !== 200) throw new Error(JSON.stringify(body));
      return body as unknown as AskedDevice;
    },
    fetchTokens(deviceCode: string, base?: string) {
      const parameters = { grant_type: DEVICE_GRANT, device_code: deviceCode };
      return post(world, '/oidc/token', parameters, { ...of, ...(base !== undefined && { base }) });
    },
    async typeCode(browser: Journey, code: string) {
      await browser.open(`${world.issuer}/oidc/device`);
      return browser.submit((form) => 'user_code' in form.fields, { user_code: code });
    },
    press(browser: Journey, button: 'confirm' | 'abort') {
      return browser.submit(
        (form) => form.buttons.some(({ name }) => name === button),
        {},
        ({ name }) => name === button,
      );
    },
    async approve(code: string, account: string) {
      const browser = browserOf(world);
      await device.typeCode(browser, code);
      await device.press(browser, 'confirm');
      return signIn(browser, 'demo.nurse', { account });
    },
    async tokensFor(account: string) {
      const asked = await device.ask();
      await device.approve(asked.user_code, account);
      const { status, body } = await device.fetchTokens(asked.device_code);
      if (status !== 200) throw new Error(JSON.stringify(body));
      return body as { access_token: string; refresh_token: string; id_token: string };
    },
    refresh(token: string) {
      return post(world, '/oidc/token', { grant_type: 'refresh_token', refresh_token: token }, of);
    },
    async userinfo(token: string) {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${world.issuer}/oidc/userinfo`, { headers });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    expire: (id: string) => expireWaiting(world, id),
  });
  return device;
}

async function expireWaiting({ env, database: { db } }: IdpWorld, value: string): Promise<void> {
  const keyring = createKeyring(env['IDP_MASTER_KEYS'] ?? '');
  const id = createHash('sha256').update(value).digest();
  const row = await db
    .selectFrom('oidc_waiting')
    .select('payload_sealed')
    .where('id_digest', '=', id)
    .executeTakeFirstOrThrow();
  const [purpose, context] = ['waiting-request', `\\x${id.toString('hex')}`];
  const payload = JSON.parse(keyring.open(purpose, row.payload_sealed, context).toString()) as object;
  const sealed = keyring.seal(purpose, Buffer.from(JSON.stringify({ ...payload, exp: 1000 })), context);
  await db.updateTable('oidc_waiting').set({ payload_sealed: sealed }).where('id_digest', '=', id).execute();
}
