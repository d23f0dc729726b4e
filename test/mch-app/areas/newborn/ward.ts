import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { taipeiDay } from '#kit/clock.ts';
import type { OpAccount } from '../../support/fake-op.ts';
import { HOSPITAL, type Mch } from '../../support/mch.ts';
import { actingAs } from '../../support/people.ts';
import type { Page, Visitor } from '../../support/visitor.ts';

/** A day so many days from now, and a minute of it, in Taipei. */
export const day = (days: number): string => taipeiDay(new Date(Date.now() + days * 86_400_000));
export const at = (days: number, time = '08:00'): string => `${day(days)}T${time}`;

export const AREA = '/child/newborn-screening';
const account = (
  id: string,
  code: string,
  [county, town]: [string, string],
  menuRoles: string[],
  duty = 'medical',
): OpAccount => ({
  ...HOSPITAL,
  id: `P@000001${id}P@mbh_01`,
  unit: { code, name: `示範單位${id}`, kind: 'hospital', county, town },
  duty,
  menu_roles: menuRoles,
});
const HERE: [string, string] = ['10017', '10017020'];

export const COLLECTOR = account('01', '9876543210', HERE, ['mi_nbs_collect']);
export const OTHER = account('02', '1234567890', ['10017', '10017030'], ['mi_nbs_collect']);
export const AWAY = account('03', '1122334455', ['10002', '10002020'], ['mi_nbs_collect']);
export const CENTER = account('04', '1132010024', ['63000', '63000010'], ['mi_nbs_center']);
export const CENTER_2 = account('05', '1132010025', ['63000', '63000010'], ['mi_nbs_center']);
export const CONFIRMING = account('06', '1101010012', ['64000', '64000010'], ['mi_nbs_confirm']);
export const STATION = account('07', '2311170010', HERE, ['hs_nbs'], 'health_station');
export const BUREAU = account('08', '376570300I', ['10017', '10017010'], ['hb_nbs'], 'health_bureau');
export const CENTERS_BUREAU = account('09', '379000000A', ['63000', '63000010'], ['hb_nbs'], 'health_bureau');

export const numberOf = (page: Page): string => /\/(\d+)(?:\?|$)/.exec(page.url)?.[1] ?? '';
export const countOf = (page: Page): number =>
  Number(/class="count"[^>]*>[^<\d]*([\d,]+)/.exec(page.text)?.[1]?.replace(',', ''));

/** What a to-do line of this label counts for an account; undefined where it has no such line. */
export async function waiting(mch: Mch, who: OpAccount, label: string): Promise<number | undefined> {
  const page = await (await actingAs(mch, who)).go('/common/todo');
  const found = new RegExp(`${label}[\\s\\S]*?todo-count[^>]*>(\\d+)<`).exec(page.text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Everyone who works with newborns, each signed in once. */
export class Ward {
  readonly #mch: Mch;
  readonly #visitors = new Map<string, Visitor>();
  #card = 0;

  constructor(mch: Mch) {
    this.#mch = mch;
  }

  async as(who: OpAccount): Promise<Visitor> {
    const known = this.#visitors.get(who.id);
    if (known) return known;
    const visitor = await actingAs(this.#mch, who);
    this.#visitors.set(who.id, visitor);
    return visitor;
  }

  async send(who: OpAccount, path: string, form: Record<string, string>): Promise<Page> {
    const visitor = await this.as(who);
    return visitor.go(`${AREA}/${path}`, { form: { acting: who.id, deed: 'submit', ...form } });
  }

  /** @throws Error when it is refused */
  async done(who: OpAccount, path: string, form: Record<string, string>): Promise<string> {
    const page = await this.send(who, path, form);
    if (page.status !== 200) throw new Error(`${path}: ${page.status} ${findingsOf(page)}`);
    return numberOf(page);
  }

  birth(serial: number, days: number, more: Record<string, string> = {}, who = COLLECTOR): Promise<string> {
    return this.done(who, 'births', { ...birthOf(serial, days), ...more });
  }

  specimen(birth: string, days: number, more: Record<string, string> = {}, who = COLLECTOR): Promise<string> {
    return this.done(who, 'specimens', { parent: birth, ...this.specimenOf(days), ...more });
  }

  specimenOf(days: number): Record<string, string> {
    this.#card += 1;
    return {
      filter_card_no: `CARD${String(this.#card).padStart(6, '0')}`,
      seq: '1',
      collected_at: at(days),
      collector: '林護理師',
      center: CENTER.unit.code,
      mailed_date: day(days),
      consent: 'yes',
      subsidy_type: 'general',
    };
  }

  finding(specimen: string, overall: string, reported: number, who = CENTER): Promise<string> {
    return this.done(who, 'lab', { parent: specimen, ...findingOf(overall, reported) });
  }

  referral(finding: string, days: number, who = CENTER): Promise<string> {
    const form = { refer_date: day(days), referred_to: CONFIRMING.unit.code, suspected: 'pku' };
    return this.done(who, 'diagnosis/referrals', { parent: finding, ...form });
  }

  diagnosis(referral: string, diagnosis: string, days: number, deed = 'submit'): Promise<string> {
    const form = { parent: referral, diagnosis, diag_date: day(days), disease: 'pku', icd10: 'E70.0', deed };
    return this.done(CONFIRMING, 'diagnosis/results', form);
  }
}

export const birthOf = (serial: number, days: number): Record<string, string> => ({
  id_type: 'none',
  name: '',
  sex: 'female',
  birth_at: at(days),
  birth_order: '1',
  mother_id_no: syntheticNationalId('E', 2, serial),
  mother_name: `測試母${serial}號`,
  gestation_days: '38.2',
  birth_weight: '3050',
  guardian_phone: '0912-345678',
});

/** A finding with flags that fit its conclusion. */
export function findingOf(overall: string, reported: number): Record<string, string> {
  const form: Record<string, string> = {
    received_date: day(reported - 2),
    condition: overall === 'unfit' ? 'insufficient' : 'fit',
    overall,
    report_date: day(reported),
  };
  if (overall === 'unfit') return form;
  for (let item = 0; item < 21; item += 1) form[`items.${item}.item_flag`] = 'normal';
  form['items.2.item_value'] = '6.5';
  if (overall === 'repeat') form['items.2.item_flag'] = 'suspected';
  if (overall === 'confirm') {
    Object.assign(form, {
      'items.2.item_flag': 'positive',
      notified_at: at(reported, '00:00'),
      notify_mode: 'phone',
    });
  }
  return form;
}

export const findingsOf = (page: Page): string =>
  (/data-error-summary>([\s\S]*?)<\/(?:div|section)>/.exec(page.text)?.[1] ?? '').replaceAll(/<[^>]+>/g, ' ');
