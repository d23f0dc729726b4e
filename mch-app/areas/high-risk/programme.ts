/**
 * What the programme plan sets: the tracking and care of high-risk pregnancies and newborns (plan of 2024 of Changhua, 2021–2024 of Taoyuan; the
 * reference intensity of 10 contacts and 2 home visits is Taichung's). Prices are none of it: each unit enters those
 * of its contract with its health bureau.
 */
export const CRITERIA = [
  'smoking',
  'drinking',
  'multiple',
  'hypertension',
  'diabetes',
  'under_20',
  'low_income',
  'violence',
  'remote',
  'no_antenatal',
  'other',
] as const;

/** Served for half a year after birth instead of six weeks, and visited more. */
export const EXTENDED: readonly string[] = ['under_20', 'violence', 'no_antenatal'];

export const USUAL_DAYS = 42;
export const EXTENDED_MONTHS = 6;

/** The least a plan provides for: contacts in all, and home visits. */
export const LEAST = {
  usual: { contacts: 12, homeVisits: 2 },
  extended: { contacts: 15, homeVisits: 3 },
} as const;

export const isExtended = (criteria: readonly string[]): boolean =>
  criteria.some((criterion) => EXTENDED.includes(criterion));

/** The 30 mountain indigenous townships, and Liuqiu, Lüdao and Lanyu. */
export const REMOTE: ReadonlySet<string> = new Set(
  `65000290 68000130 66000290 64000360 64000370 64000380 10002110 10002120 10004120 10004130 10005180 10008120
   10008130 10010180 10013220 10013260 10013270 10013280 10013290 10013300 10013310 10013320 10013330 10014110
   10014120 10014130 10014140 10014150 10014160 10015110 10015120 10015130`.split(/\s+/),
);

/** Schooling up to a vocational or senior high school. */
export const UP_TO_SENIOR_HIGH: readonly string[] = ['primary', 'junior_high', 'senior_high'];

/** A score of the Edinburgh scale from which somebody refers. */
export const EPDS_HIGH = 13;
/** The third stage of pregnancy, in days. */
export const THIRD_STAGE = 29 * 7;
/** Born before 37 full weeks. */
export const TERM = 37 * 7;
/** Visits that found nobody, before a case is closed for that. */
export const LOST_TIMES = 3;
/** Days a referral may wait for its reply. */
export const REPLY_DAYS = 14;
