import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { HOSPITAL } from '../support/mch.ts';
import type { OpAccount } from '../support/fake-op.ts';
import { BUREAU, send } from '../support/people.ts';
import type { Page, Visitor } from '../support/visitor.ts';

/** Forms and readers for the tests of guidance before birth. */

export const BASE = '/maternal/antenatal-education';
export const RECORDS = `${BASE}/records/search`;
export const VISITS = `${BASE}/registrations`;

const unit = (code: string, name: string, town: string) => ({
  ...HOSPITAL.unit,
  code,
  name,
  county: town.slice(0, 5),
  town,
});

export const NURSE = HOSPITAL;
/** Another clinic of the same county, and one of another. */
export const CLINIC: OpAccount = {
  ...HOSPITAL,
  id: 'P@00000021P@mbh_01',
  unit: unit('3501010019', '示範診所', '10017010'),
};
export const AWAY: OpAccount = {
  ...HOSPITAL,
  id: 'P@00000022P@mbh_01',
  unit: unit('3502020028', '外縣市診所', '10002010'),
};
export const COUNTY: OpAccount = { ...BUREAU, id: 'P@00000023P@mbh_01', menu_roles: ['hb_edu'] };

export const DAY_MS = 86_400_000;
/** The day so many days before today in Taipei. */
export const ago = (days: number): string =>
  new Date(Date.now() + 8 * 3_600_000 - days * DAY_MS).toISOString().slice(0, 10);
const daysOf = (weeks: string): number => {
  const [full = '0', rest = '0'] = weeks.split('.');
  return Number(full) * 7 + Number(rest);
};
const due = (on: string, weeks: string): string =>
  new Date(Date.parse(on) + (280 - daysOf(weeks)) * DAY_MS).toISOString().slice(0, 10);

export const woman = (serial: number) => ({
  id_type: 'national_id',
  id_no: syntheticNationalId('E', 2, serial),
  name: `衛教孕婦${serial}`,
  birth_date: '1995-05-05',
});

export const visit = (serial: number, on: string, weeks: string, more: Record<string, string> = {}) => ({
  ...woman(serial),
  visit_date: on,
  gest_days: weeks,
  ...more,
});

export const guidance = (serial: number, on: string, weeks: string, more: Record<string, string> = {}) => {
  const trimester = daysOf(weeks) < 91 ? 'first' : 'third';
  return {
    ...woman(serial),
    mobile: '0912-345678',
    residence_town: '10017020',
    edc: due(on, weeks),
    trimester,
    service_date: on,
    gest_days: weeks,
    [`topics_${trimester}`]: trimester === 'first' ? 'nutrients' : 'preterm_signs',
    provider_name: '王護理師',
    provider_type: 'nurse',
    ...more,
  };
};

export const numberOf = (page: Page): string => /\/(\d+)(?:\?|$)/.exec(page.url)?.[1] ?? '';

/** Submits a form. @returns the record's number @throws Error when it was not taken */
export async function submit(
  visitor: Visitor,
  by: OpAccount,
  path: string,
  form: Record<string, string>,
): Promise<string> {
  const page = await send(visitor, path, by, { ...form, deed: 'submit' });
  if (page.status !== 200) throw new Error(`${path}: ${page.status} ${messages(page).join(' ')}`);
  return numberOf(page);
}

export const messages = (page: Page): string[] =>
  [...page.text.matchAll(/<li><a href="#[^"]*">([^<]*)/g)].map(([, text = '']) => text);

const plain = (html: string): string =>
  html
    .replace(/<span class="visually-hidden">[^<]*<\/span>/g, '')
    .replace(/<[^>]*>/g, '')
    .trim();

/** The rows of a list or report, each as the texts of its cells. */
export function rowsOf(page: Page): string[][] {
  const body = /<tbody>([\s\S]*?)<\/tbody>/.exec(page.text)?.[1] ?? '';
  return [...body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) => plain(cell)),
  );
}

/** The figures above a report. */
export const figuresOf = (page: Page): string[] =>
  [...page.text.matchAll(/<dd>([^<]*)<\/dd>/g)].map(([, text = '']) => text);

export const column = (page: Page, at: number): string[] => rowsOf(page).map((row) => row[at] ?? '');
