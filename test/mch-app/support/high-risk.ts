import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { taipeiDay } from '#kit/clock.ts';
import type { OpAccount } from './fake-op.ts';
import { HOSPITAL, type Mch, STATION } from './mch.ts';
import { BUREAU, FARAWAY } from './people.ts';
import type { Page, Visitor } from './visitor.ts';

/** Case managers of two hospitals in one county, the health station, and the bureaus of two counties. */
export const HERE: OpAccount = { ...HOSPITAL, id: 'P@00000301P@mbh_01', menu_roles: ['mi_high_risk'] };
export const THERE: OpAccount = {
  ...HERE,
  id: 'P@00000302P@mbh_01',
  unit: { ...HERE.unit, code: '1234567890', name: '轉入示範醫院', town: '10017030' },
};
export const NURSE: OpAccount = { ...STATION, id: 'P@00000303P@mbh_01', menu_roles: ['hs_high_risk'] };
export const COUNTY: OpAccount = { ...BUREAU, id: 'P@00000304P@mbh_01', menu_roles: ['hb_high_risk'] };
export const ELSEWHERE: OpAccount = { ...FARAWAY, id: 'P@00000305P@mbh_01', menu_roles: ['hb_high_risk'] };

/** Days as the system counts them: those of Taipei. */
export const later = (days: number): string => taipeiDay(new Date(Date.now() + days * 86_400_000));
export const today = later(0);

const BASE = '/maternal/high-risk';
export const at = (leaf: string, no?: string): string => `${BASE}/${leaf}${no === undefined ? '' : `/${no}`}`;

export const intake = (serial: number, more: Record<string, string> = {}): Record<string, string> => ({
  id_type: 'national_id',
  id_no: syntheticNationalId('H', 2, serial),
  name: `高風險測試${serial}`,
  birth_date: '1995-05-05',
  mobile: '0912-345678',
  residence_town: '10017020',
  edc: later(60),
  intake_date: today,
  served: 'mother',
  source: 'clinic',
  criteria: 'smoking',
  enrolled: 'yes',
  consent: 'yes',
  consent_date: today,
  assigned_unit: HERE.unit.code,
  case_manager: '測試個管師',
  ...more,
});

export const contact = (more: Record<string, string> = {}): Record<string, string> => ({
  contact_date: today,
  contact_mode: 'phone',
  contact_result: 'done',
  topics: 'check_ups',
  content: '電訪個案，胎動正常，已依約產檢。',
  next_date: later(14),
  ...more,
});

export const numberOf = (page: Page): string => /\/(\d+)(?:\?|$)/.exec(page.url)?.[1] ?? '';

/** Submits a form of a leaf, and once more with whatever warning it met confirmed. */
export async function submit(
  visitor: Visitor,
  account: OpAccount,
  leaf: string,
  form: Record<string, string>,
): Promise<Page> {
  const body = { acting: account.id, ...form, deed: 'submit' };
  const page = await visitor.go(at(leaf), { form: body });
  const [, confirmed] = /name="confirmed" value="([^"]+)"/.exec(page.text) ?? [];
  return confirmed === undefined ? page : visitor.go(at(leaf), { form: { ...body, confirmed } });
}

/** The same where nothing may stand in the way. @returns the record's number */
export async function enter(
  visitor: Visitor,
  account: OpAccount,
  leaf: string,
  form: Record<string, string>,
): Promise<string> {
  const page = await submit(visitor, account, leaf, form);
  const no = numberOf(page);
  if (page.status !== 200 || no === '') {
    const told = /error-summary[\s\S]*?<ul>([\s\S]*?)<\/ul>/.exec(page.text)?.[1] ?? page.url;
    throw new Error(`${leaf} was not taken: ${page.status} ${told}`);
  }
  return no;
}

export const decide = (
  visitor: Visitor,
  account: OpAccount,
  leaf: string,
  no: string,
  deed: string,
  version: number,
) =>
  visitor.go(`${at(leaf, no)}/${deed}`, {
    form: { acting: account.id, version: String(version), note: '測試說明' },
  });

export interface CaseRow {
  id: string;
  no: string;
  case_no: string;
  case_status: string;
  state: string;
  unit_code: string;
  next: string | null;
  limit: string | null;
  risk: string | null;
}

/** The case of an intake, by its number. */
export async function caseOf(mch: Mch, intakeNo: string): Promise<CaseRow> {
  const [row] = await mch.database.query<CaseRow>(
    `select r.id, r.no::text, c.case_no, c.case_status, r.state, r.unit_code, c.next_contact_on::text as next,
       c.limit_on::text as limit, c.risk_level as risk
     from record r join hr_case c on c.record_id = r.id join record i on i.id = r.parent_id where i.no = $1`,
    [intakeNo],
  );
  if (!row) throw new Error(`intake ${intakeNo} opened no case`);
  return row;
}
export async function opened(mch: Mch, visitor: Visitor, serial: number, more: Record<string, string> = {}) {
  return caseOf(mch, await enter(visitor, HERE, 'intake', intake(serial, more)));
}
export const versionOf = async (mch: Mch, no: string): Promise<number> =>
  (await mch.database.query<{ version: number }>('select version from record where no = $1', [no]))[0]
    ?.version ?? 0;

/** A correction was allowed: the record is held open. */
export const openForCorrection = (mch: Mch, no: string): Promise<unknown> =>
  mch.database.query(
    "update record set unlocked_until = now() + interval '1 day', version = version + 1 where no = $1",
    [no],
  );
