import { birthsOf, later } from './births.ts';
import type { OpAccount } from './fake-op.ts';
import { HOSPITAL, type Mch, startMch } from './mch.ts';
import { actingAs, send } from './people.ts';
import type { Page, Visitor } from './visitor.ts';

/** What tests of hearing screening share: who works there, and the forms they hand in. */

export const CLINIC: OpAccount = {
  ...HOSPITAL,
  id: 'P@00000021P@mbh_01',
  unit: { ...HOSPITAL.unit, code: '1101010012', name: '示範產科醫院', county: '63000', town: '63000010' },
  menu_roles: ['mi_hearing_screen'],
};
export const SCREENER: OpAccount = {
  ...HOSPITAL,
  id: 'P@00000022P@mbh_01',
  menu_roles: ['mi_hearing_screen'],
};
export const CONFIRMER: OpAccount = {
  ...HOSPITAL,
  id: 'P@00000023P@mbh_01',
  unit: { ...HOSPITAL.unit, code: '1132010024', name: '示範聽力確診醫院', county: '63000', town: '63000030' },
  menu_roles: ['mi_hearing_confirm'],
};
export const STATION: OpAccount = {
  ...HOSPITAL,
  id: 'P@00000024P@mbh_01',
  unit: { ...HOSPITAL.unit, code: '2311170010', name: '示範衛生所', kind: 'health_station' },
  duty: 'health_station',
  menu_roles: ['hs_hearing'],
};
export const BUREAU: OpAccount = {
  ...HOSPITAL,
  id: 'P@00000025P@mbh_01',
  unit: { code: '376570300I', name: '示範衛生局', kind: 'health_bureau', county: '10017', town: '10017010' },
  duty: 'health_bureau',
  menu_roles: ['hb_hearing'],
};
export const FARAWAY: OpAccount = {
  ...BUREAU,
  id: 'P@00000026P@mbh_01',
  unit: { ...BUREAU.unit, code: '376410000A', county: '10002', town: '10002010' },
};

/** Somebody signed in with this account, once a test. */
export async function as(account: OpAccount): Promise<Visitor> {
  const visitor = signedIn.get(account.id) ?? (await actingAs(mch, account));
  signedIn.set(account.id, visitor);
  return visitor;
}

export const SCREENING = '/child/hearing/screening';
export const DIAGNOSIS = '/child/hearing/diagnosis';
export const TRACKING = '/child/hearing/tracking';

export let mch: Mch;
export let births: ReturnType<typeof birthsOf>;
let signedIn: Map<string, Visitor>;
/** A system of its own, nobody signed in. */
export const start = async (): Promise<void> => {
  mch = await startMch();
  births = birthsOf(mch);
  signedIn = new Map();
};
export const stop = (): Promise<void> => mch.stop();

export const numberOf = (page: Page): string => /\/(\d+)(?:\?|$)/.exec(page.url)?.[1] ?? '';
/** Whom a page shows, by their serial numbers. */
export const peopleIn = (page: Page): string[] =>
  [...new Set(page.text.match(/測試寶寶\d+/g))].toSorted((a, b) => Number(a.slice(4)) - Number(b.slice(4)));
export const figureOf = (page: Page, label: string): string | undefined =>
  new RegExp(`<dt>${label}</dt><dd>([^<]*)`).exec(page.text)?.[1];
/** How much a line of the to-do list says, and the list it leads to. */
export async function todo(
  account: OpAccount,
  label: string,
): Promise<{ count: number; people: string[] } | undefined> {
  const visitor = await as(account);
  const page = await visitor.go('/common/todo');
  const line = page.text.split('<tr').find((text) => text.includes(label));
  const url = /href="([^"]+)"/.exec(line ?? '')?.[1] ?? '';
  const count = /todo-count[^>]*>(\d+)</.exec(line ?? '')?.[1];
  if (count === undefined) return undefined;
  const list = await visitor.go(url.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
  return { count: Number(count), people: peopleIn(list) };
}

/** Forms of screenings of children born so many days ago. */
export const passed = (serial: number, days: number) => ({
  ...births.child(serial, days),
  stage: 'first',
  screened_at: `${later(-days + 2)}T09:00`,
  method: 'aabr',
  right_ear: 'pass',
  left_ear: 'pass',
  guardian_phone: '0912-345678',
  birth_unit: HOSPITAL.unit.code,
  residence_town: '10017020',
});
export const failed = (serial: number, days: number) => ({ ...passed(serial, days), left_ear: 'fail' });
export const referred = (serial: number, days: number) => ({
  ...failed(serial, days),
  stage: 'repeat',
  screened_at: `${later(-days + 3)}T09:00`,
  refer_to: CONFIRMER.unit.code,
});

/** Hands a form in, whatever it asks again; its number. */
export async function enter(account: OpAccount, path: string, form: Record<string, string>): Promise<string> {
  const visitor = await as(account);
  const asked = await send(visitor, path, account, { ...form, deed: 'submit' });
  const again = /name="confirmed" value="([^"]+)"/.exec(asked.text)?.[1];
  const page =
    again === undefined
      ? asked
      : await send(visitor, path, account, { ...form, deed: 'submit', confirmed: again });
  if (page.status !== 200) {
    throw new Error(
      `${path}: ${page.status} ${[...page.text.matchAll(/field-error[^>]*>[\s\S]*?<span>([^<]+)/g)].map((m) => m[1]).join(' ')}`,
    );
  }
  return numberOf(page);
}
/** What a confirming hospital finds. */
export const found = (parent: string, said: Record<string, string> = {}) => ({
  parent,
  diag_date: later(-1),
  right: 'normal',
  left: 'moderate',
  plan: 'aid',
  ...said,
});
