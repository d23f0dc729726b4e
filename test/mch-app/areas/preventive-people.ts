import { taipeiDay } from '#kit/clock.ts';
import type { OpAccount } from '../support/fake-op.ts';
import { HOSPITAL, type Mch, STATION as DEMO_STATION } from '../support/mch.ts';
import { AGENCY, BUREAU as DEMO_BUREAU, FARAWAY as DEMO_FARAWAY, actingAs, send } from '../support/people.ts';
import type { Page, Visitor } from '../support/visitor.ts';

/** Who has to do with the preventive care of children in these tests, and what they enter. */

const at = (code: string, name: string, kind: string, county: string, town: string) => ({
  code,
  name,
  kind,
  county,
  town,
});
export const CLINIC: OpAccount = { ...HOSPITAL, menu_roles: ['mi_child_health'] };
export const OTHER_CLINIC: OpAccount = {
  ...CLINIC,
  id: 'P@00000020P@mbh_01',
  unit: at('1131010011', '他鎮診所', 'clinic', '10017', '10017010'),
};
export const CONFIRMER: OpAccount = {
  ...HOSPITAL,
  id: 'P@00000021P@mbh_01',
  unit: at('1132010024', '確診醫院', 'hospital', '63000', '63000010'),
  menu_roles: ['mi_child_confirm'],
};
export const CENTRE: OpAccount = {
  ...HOSPITAL,
  id: 'P@00000022P@mbh_01',
  unit: at('0401180014', '聯評中心', 'hospital', '63000', '63000010'),
  duty: 'assessment_center',
  menu_roles: ['ac_assess'],
};
export const STATION: OpAccount = { ...DEMO_STATION, menu_roles: ['hs_child'] };
export const BUREAU: OpAccount = { ...DEMO_BUREAU, menu_roles: ['hb_child'] };
export const FARAWAY: OpAccount = { ...DEMO_FARAWAY, menu_roles: ['hb_child'] };
export const AGENT: OpAccount = { ...AGENCY, id: 'P@00000023P@mbh_01', menu_roles: ['hpa_child'] };

/** A day so many days from today in Taipei. */
export const dayFrom = (days: number): string => taipeiDay(new Date(Date.now() + days * 86_400_000));

const signedIn = new WeakMap<Mch, Map<string, Promise<Visitor>>>();

/** Somebody who has signed in as this account, once for all tests of a file. */
export function as(mch: Mch, account: OpAccount): Promise<Visitor> {
  const known = signedIn.get(mch) ?? new Map<string, Promise<Visitor>>();
  signedIn.set(mch, known);
  const visitor = known.get(account.id) ?? actingAs(mch, account);
  known.set(account.id, visitor);
  return visitor;
}

export const BASE = '/child/preventive-care';
export const HERE = '10017020';
export const THERE = '10017010';

export const numberIn = (page: Page): string => /\/(\d+)(?:[/?]|$)/.exec(page.url)?.[1] ?? '';
export const versionIn = (page: Page): string => /name="version" value="(\d+)"/.exec(page.text)?.[1] ?? '';

export const child = (serial: number, bornDaysAgo: number, town = HERE) => ({
  id_type: 'none',
  name: `健兒${serial}`,
  sex: 'female',
  birth_at: `${dayFrom(-bornDaysAgo)}T08:00`,
  birth_order: '1',
  mother_id_no: `PREV${1000 + serial}`,
  mother_name: `健母${serial}`,
  guardian_phone: '02-55500100',
  residence_town: town,
});
/** A visit of a child between 40 and 59 days old: the first. */
export const exam = (serial: number, more: Record<string, string> = {}) => ({
  ...child(serial, 50),
  visit_no: '1',
  exam_date: dayFrom(-45),
  ...more,
});
export const referral = (parent: string, more: Record<string, string> = {}) => ({
  parent,
  refer_date: dayFrom(-1),
  destination: 'hospital',
  to_unit: CONFIRMER.unit.code,
  reason_category: 'major',
  suspected: 'heart',
  summary: '心雜音',
  guardian_consent: 'yes',
  ...more,
});
export const diagnosis = (parent: string, more: Record<string, string> = {}) => ({
  parent,
  visit_date: dayFrom(0),
  diagnosis_result: 'confirmed',
  diagnosis: 'Q21.0',
  physician: '測試醫師',
  ...more,
});

/** Enters and submits a record. @returns its number @throws Error when it is not taken */
export async function enter(
  mch: Mch,
  by: OpAccount,
  leaf: string,
  form: Record<string, string>,
  deed = 'submit',
): Promise<string> {
  const visitor = await as(mch, by);
  const page = await send(visitor, `${BASE}/${leaf}`, by, { ...form, deed });
  const no = numberIn(page);
  if (page.status !== 200 || no === '') throw new Error(`${leaf} was answered with ${page.status}`);
  return no;
}

/** A visit and the referral that follows from it. @returns the referral's number */
export async function sendOn(
  mch: Mch,
  serial: number,
  more: Record<string, string> = {},
  of: { by?: OpAccount; town?: string; deed?: string } = {},
): Promise<string> {
  const by = of.by ?? CLINIC;
  const visit = await enter(mch, by, 'exams', exam(serial, { residence_town: of.town ?? HERE }));
  return enter(mch, by, 'referrals', referral(visit, more), of.deed ?? 'submit');
}

/** What a line of the to-do list counts for an account; -1 where it has no such line. */
export async function countOf(mch: Mch, by: OpAccount, label: string): Promise<number> {
  const { text } = await (await as(mch, by)).go('/common/todo');
  const line = text.split('<tr').find((row) => row.includes(`>${label}<`)) ?? '';
  return Number(/todo-count[^>]*>(\d+)</.exec(line)?.[1] ?? -1);
}

/** The children a list shows, by the number in their names. */
export async function childrenIn(mch: Mch, by: OpAccount, path: string): Promise<number[]> {
  const { text } = await (await as(mch, by)).go(path);
  const rows = text.split('<tbody>')[1]?.split('</tbody>')[0] ?? '';
  return [...rows.matchAll(/健兒(\d+)/g)].map(([, serial]) => Number(serial)).sort((a, b) => a - b);
}
