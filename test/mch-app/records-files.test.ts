import { type Mch, startMch } from './support/mch.ts';
import { actingAs } from './support/people.ts';
import { type FakeClamd, MARK, SIGNATURE, startFakeClamd } from '../support/fake-clamd.ts';
import { COUNTY, ELSEWHERE, HERE, NURSE, THERE, at, enter, intake } from './support/high-risk.ts';
import type { Visitor } from './support/visitor.ts';

let mch: Mch;
let clamd: FakeClamd;
beforeAll(async () => {
  clamd = await startFakeClamd();
  mch = await startMch({ MCH_CLAMD: `127.0.0.1:${clamd.port}` });
});
afterAll(() => mch.stop());

const PDF = '%PDF-1.7 同意書';

/** @returns the address the browser is led to, or the status */
async function attach(
  visitor: Visitor,
  path: string,
  file: { name: string; text: string },
  acting = HERE.id,
): Promise<string> {
  const body = new FormData();
  body.set('acting', acting);
  if (file.name !== '') body.set('file', new File([file.text], file.name));
  const answer = await fetch(new URL(path, mch.origin), {
    method: 'POST',
    redirect: 'manual',
    headers: {
      origin: mch.origin,
      cookie: [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    },
    body,
  });
  return answer.headers.get('location') ?? String(answer.status);
}

describe('files of a record', () => {
  it('are added once to what is sent, and read by whoever has the record in sight', async () => {
    const nurse = await actingAs(mch, HERE);
    const no = await enter(nurse, HERE, 'intake', intake(1));
    const path = `${at('intake', no)}/files/consent_file`;
    expect((await nurse.go(path)).status).toBe(404);
    expect((await nurse.go(at('intake', no))).text).toContain('multipart/form-data');
    expect(await attach(nurse, path, { name: '../同意書.pdf', text: PDF })).toContain('done=attached');
    const got = await nurse.go(path);
    expect([got.status, got.text]).toEqual([200, PDF]);
    expect(got.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(got.headers.get('content-security-policy')).toContain('sandbox');
    expect((await nurse.go(at('intake', no))).text).not.toContain('multipart/form-data');
    expect((await nurse.go(`${at('intake', no)}/history`)).text).toContain('上傳檔案');
    // it is locked with the record
    expect(await attach(nurse, path, { name: 'b.pdf', text: '%PDF-2' })).toContain('not-possible');
    expect((await nurse.go(path)).text).toBe(PDF);

    for (const [account, status] of [
      [COUNTY, 200],
      [NURSE, 200],
      [ELSEWHERE, 404],
      [THERE, 404],
    ] as const) {
      expect((await (await actingAs(mch, account)).go(path)).status).toBe(status);
    }
    const seen = await mch.database.query<{ count: number }>(
      `select count(*)::int as count from patient_access where deed = 'view' and account_id = $1`,
      [COUNTY.id],
    );
    expect(seen).toEqual([{ count: 1 }]);
  });

  it('are what their names say, of a kind that is kept, in a slot there is, from the account one acts as', async () => {
    const nurse = await actingAs(mch, HERE);
    const no = await enter(nurse, HERE, 'intake', intake(2));
    const path = `${at('intake', no)}/files/consent_file`;
    expect(await attach(nurse, path, { name: 'a.pdf', text: '<script>' })).toContain('done=file-kind');
    expect(await attach(nurse, path, { name: 'a.html', text: PDF })).toContain('done=file-kind');
    expect(await attach(nurse, path, { name: 'a.txt', text: 'text' })).toContain('done=file-kind');
    expect(await attach(nurse, path, { name: '', text: '' })).toContain('done=file-none');
    const big = `%PDF-${'0'.repeat(5 * 1024 * 1024)}`;
    expect(await attach(nurse, path, { name: 'a.pdf', text: big })).toContain('done=file-large');
    expect(await attach(nurse, path, { name: 'a.pdf', text: PDF }, THERE.id)).toMatch(/^4/);
    expect(await attach(nurse, `${at('intake', no)}/files/other`, { name: 'a.pdf', text: PDF })).toBe('404');
    const county = await actingAs(mch, COUNTY);
    expect(await attach(county, path, { name: 'a.pdf', text: PDF }, COUNTY.id)).toContain('not-possible');
    expect((await county.go(path)).status).toBe(404);
  });

  it('G8: are scanned before they are kept; what holds malware, or cannot be scanned, is refused and lost to nobody', async () => {
    const nurse = await actingAs(mch, HERE);
    const no = await enter(nurse, HERE, 'intake', intake(3));
    const path = `${at('intake', no)}/files/consent_file`;
    expect(await attach(nurse, path, { name: 'a.pdf', text: `${PDF}${MARK}` })).toBe('422');
    expect((await nurse.go(path)).status).toBe(404);
    const refused = await mch.database.db
      .selectFrom('audit_event')
      .select(['reason', 'account_id', 'outcome'])
      .where('type', '=', 'upload.refused')
      .execute();
    expect(refused).toEqual([{ reason: `infected ${SIGNATURE}`, account_id: HERE.id, outcome: 'refused' }]);
    expect(await attach(nurse, path, { name: 'a.pdf', text: PDF })).toContain('done=attached');
    const another = await enter(nurse, HERE, 'intake', intake(4));
    await clamd.stop();
    const there = `${at('intake', another)}/files/consent_file`;
    expect(await attach(nurse, there, { name: 'a.pdf', text: PDF })).toBe('503');
    expect((await nurse.go(there)).status).toBe(404);
    expect((await nurse.go(path)).text).toBe(PDF);
  });
});
