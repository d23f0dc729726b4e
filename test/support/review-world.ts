import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { nationalIdIndex, sealNationalId } from '#idp/accounts/index.ts';
import { sealPersonal, sealScan } from '#idp/enrollments/sealed.ts';
import { type AccessRequestDeps, type Submitted, submitRequest } from '#idp/access-requests/index.ts';
import { createClientRegistry } from '#idp/subsystems/index.ts';
import { createKeyring } from '#kit/keyring.ts';
import { forgeForm } from './forged-form.ts';
import type { IdpWorld } from './idp-world.ts';
import type { Journey, Page } from './journey.ts';

/* What the tests of reviewing share: applications as they wait, people beside the demo's, deeds at the console. */

export const HOSPITAL = '9876543210';
export const STATION = '2311170010';
export const AGENCY = 'A21040000I';
export const PASSWORD = 'Sturdy*Boat7Lamp';
/** The key of every `startIdpWorld`. */
export const worldKeyring = createKeyring(Buffer.alloc(32, 7).toString('base64'));

let serial = 700;

export interface Wish {
  name?: string;
  unit?: string;
  role?: 'user' | 'unit_manager';
  status?: 'pending_unit_review' | 'pending_paper' | 'withdrawn' | 'expired' | 'returned';
  paper?: 'awaiting_form' | 'uploaded';
  scan?: { bytes: Buffer; mediaType: string };
  nationalId?: string;
  waitingSince?: Date;
  subsystems?: unknown[];
}

/** An application as it lies before its reviewers. */
export async function addApplication(
  { database: { db } }: Pick<IdpWorld, 'database'>,
  wish: Wish = {},
): Promise<{ id: string; loginName: string; name: string }> {
  serial += 1;
  const { unit = HOSPITAL, role = 'user', paper, scan, subsystems = [] } = wish;
  const status = wish.status ?? (role === 'user' ? 'pending_unit_review' : 'pending_paper');
  const nationalId = wish.nationalId ?? syntheticNationalId('E', 1, serial);
  const id = crypto.randomUUID();
  const loginName = `applicant.${serial}`;
  const name = wish.name ?? `申請人${serial}`;
  const at = wish.waitingSince ?? new Date(Date.now() - 60_000 + serial);
  const personal = {
    ...{ loginName, nationalId, name, title: '護理師', phone: '02-12345678', sparePhone: '', unitPhone: '' },
    ...{ mobile: '0912-345678', email: `${loginName}@example.test`, spareEmail: '' },
    confirmedEmail: `${loginName}@example.test`,
  };
  await db
    .insertInto('enrollment')
    .values({
      ...{ id, status, unit_code: unit, role, login_name: loginName, applicant_name: name, locale: 'zh-TW' },
      // of no password: nobody signs in with it
      password_hash:
        '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      national_id_index: nationalIdIndex(worldKeyring, nationalId),
      personal_sealed: sealPersonal(worldKeyring, id, personal),
      subsystems: JSON.stringify(subsystems),
      done: ['unit', 'role', 'person', 'subsystems'],
      paper: role === 'unit_manager' ? (paper ?? (scan ? 'uploaded' : 'awaiting_form')) : null,
      ...{ created_at: at, updated_at: at, submitted_at: at, waiting_since: at },
    })
    .execute();
  if (scan) {
    await db
      .insertInto('enrollment_scan')
      .values({
        ...{ enrollment_id: id, name: 'form.png', media_type: scan.mediaType, size: scan.bytes.length },
        content_sealed: sealScan(worldKeyring, id, scan.bytes),
        uploaded_at: at,
      })
      .execute();
  }
  return { id, loginName, name };
}

/** A person beside the demo's, without credentials. @returns the account's id */
export async function addPerson(
  { database: { db } }: Pick<IdpWorld, 'database'>,
  person: {
    loginName: string;
    unit?: string;
    role?: 'user' | 'unit_manager' | 'hpa_admin';
    nationalId?: string;
  },
): Promise<string> {
  serial += 1;
  const id = crypto.randomUUID();
  const nationalId = person.nationalId ?? syntheticNationalId('F', 2, serial);
  await db
    .insertInto('account')
    .values({
      ...{ id, person_no: String(80_000_000 + serial), login_name: person.loginName, name: person.loginName },
      ...{ email: `${person.loginName}@example.test`, unit_code: person.unit ?? HOSPITAL },
      ...{ role: person.role ?? 'user', status: 'active' },
      national_id_sealed: sealNationalId(worldKeyring, nationalId, id),
      national_id_index: nationalIdIndex(worldKeyring, nationalId),
    })
    .execute();
  return id;
}

/** What services of requests need, on the world's own database. */
export async function servicesOf({
  database: { db },
  issuer,
}: IdpWorld): Promise<AccessRequestDeps & { registry: Awaited<ReturnType<typeof createClientRegistry>> }> {
  const registry = await createClientRegistry(db);
  return { db, clock: () => new Date(), keyring: worldKeyring, registry, config: { issuer } };
}

/** A request for an MCH account at the hospital, unless told otherwise. @returns its id */
export async function addRequest(
  deps: AccessRequestDeps,
  accountId: string,
  over: Partial<Submitted> = {},
): Promise<string> {
  const id = crypto.randomUUID();
  const caller = { ip: '192.0.2.1', userAgent: 'test', requestId: 'test' };
  const wish: Submitted = {
    ...{ id, kind: 'account', accountId, subsystemCode: 'mch', unitCode: HOSPITAL, role: 'mch_user' },
    ...{ duty: 'medical', menuRoles: ['mi_antenatal'], fields: {}, subsystemAccountId: null, before: null },
    ...{ reason: '' },
    ...over,
  };
  const outcome = await submitRequest(deps, wish, caller);
  if (!outcome.sent) throw new Error(outcome.reason);
  return id;
}

const UPLOAD = { method: 'POST', redirect: 'manual' } as const;

/** What a browser at the console may do. */
export function consoleOf(world: IdpWorld, browser: Journey) {
  const open = (path: string): Promise<Page> => browser.open(new URL(path, world.issuer).href);
  const post = (path: string, fields: Record<string, string> | URLSearchParams) =>
    forgeForm(world, browser, path, fields);
  /** Decides as the page would: with the state it shows. */
  const decide = async (path: string, decision: string, reason = '') => {
    const { forms } = await open(path);
    const version = forms.find(({ action }) => action.endsWith('/decision'))?.fields['version'] ?? '';
    return post(`${path}/decision`, { decision, reason, version, confirmed: 'yes' });
  };
  const upload = (path: string, body: Buffer, type: string) => {
    const cookie = browser.jar.header(new URL(path, world.issuer));
    const headers = { cookie, origin: world.issuer, 'content-type': type };
    return fetch(new URL(path, world.issuer), { ...UPLOAD, headers, body: new Uint8Array(body) });
  };
  return { open, post, decide, upload };
}
