import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { STATION, addApplication, consoleOf } from '../support/review-world.ts';
import { PNG } from './enrollments-files.ts';

/* Applications of managers: a sealed form on paper, its scan, and who decides about it. */

const LIST = '/console/enrollments';
let world: IdpWorld;
let manager: ReturnType<typeof consoleOf>;
let hpa: ReturnType<typeof consoleOf>;
let ops: ReturnType<typeof consoleOf>;

beforeAll(async () => {
  world = await startIdpWorld();
  const at = async (name: string) => consoleOf(world, await portalOf(world, name));
  [manager, hpa, ops] = [await at('demo.manager'), await at('demo.hpa'), await at('demo.ops')];
});
afterAll(() => world.stop());

const accountsNamed = (loginName: string) =>
  world.database.db.selectFrom('account').select('id').where('login_name', '=', loginName).execute();

describe('paper forms', () => {
  test('P-15, SM-03: the scan stands beside the data, sandboxed; supplement, then approval', async () => {
    const { id, loginName } = await addApplication(world, {
      ...{ role: 'unit_manager', unit: STATION },
      scan: { bytes: PNG, mediaType: 'image/png' },
    });
    const page = await hpa.open(`${LIST}/${id}`);
    expect(page.html).toContain(`${LIST}/${id}/scan/1`);
    expect(page.text).toContain('0/2');
    const picture = await hpa.open(`${LIST}/${id}/scan/1`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(picture.headers.get('content-security-policy')).toContain('sandbox');
    const whole = await hpa.open(`${LIST}/${id}/scan`);
    expect(whole.headers.get('content-disposition')).toContain('attachment');
    expect((await hpa.open(`${LIST}/${id}/scan/2`)).status).toBe(404);
    expect((await hpa.decide(`${LIST}/${id}`, 'supplement', '關防不清楚')).status).toBe(303);
    expect((await hpa.decide(`${LIST}/${id}`, 'approve')).status).toBe(409);
    const { db } = world.database;
    await db.updateTable('enrollment').set({ paper: 'uploaded' }).where('id', '=', id).execute();
    expect((await hpa.decide(`${LIST}/${id}`, 'approve')).status).toBe(303);
    expect(await accountsNamed(loginName)).toHaveLength(1);
  });

  test('SM-03, F6: a form received by fax is attached by one and decided by another', async () => {
    const { id } = await addApplication(world, { role: 'unit_manager', unit: STATION });
    const attach = async (by: typeof ops, bytes: Buffer) => {
      const form = new FormData();
      form.append('scan', new Blob([new Uint8Array(bytes)]), '<b>fax</b>.png');
      const encoded = new Response(form);
      const type = encoded.headers.get('content-type') ?? '';
      return by.upload(`${LIST}/${id}/scan`, Buffer.from(await encoded.arrayBuffer()), type);
    };
    expect((await attach(ops, Buffer.from('no picture'))).status).toBe(422);
    expect((await attach(manager, PNG)).status).toBe(403);
    expect((await attach(ops, PNG)).status).toBe(303);
    const same = await ops.decide(`${LIST}/${id}`, 'approve');
    expect(same.status).toBe(409);
    expect(same.body).toContain('請由其他人審核');
    expect((await hpa.decide(`${LIST}/${id}`, 'approve')).status).toBe(303);
  });
});
