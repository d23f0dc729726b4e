import {
  MOTHER,
  PREGNANCY,
  type Finding,
  type RecordKind,
  type Values,
  area,
  choice,
  contactOf,
  day,
  dayOf,
  defineRecord,
  error,
  flags,
  given,
  needed,
  pregnancyRules,
  stillToCome,
  text,
  unit,
  warning,
  when,
  yesNo,
} from '../../../records/index.ts';
import { CRITERIA, REMOTE, UP_TO_SENIOR_HIGH } from '../programme.ts';
import { openCase } from '../service/open-case.ts';

const enrolled = (of: ReturnType<typeof day>) => when('enrolled', ['yes'], needed(of));

/** Who is looked at for the programme: taken in with her consent, which opens a case, or not, and why. */
export const INTAKE: RecordKind = defineRecord({
  key: 'hr-intake',
  path: 'maternal/high-risk/intake',
  subject: 'mother',
  blocks: [MOTHER, PREGNANCY],
  fields: {
    intake_date: needed(day()),
    served: needed(choice('mother', 'newborn')),
    source: needed(choice('clinic', 'social', 'education', 'household', 'self', 'other')),
    criteria: needed(flags(...CRITERIA)),
    other_reasons: when(
      'criteria',
      ['other'],
      needed(flags('mental_health', 'drug_abuse', 'immigrant', 'disability', 'else')),
    ),
    enrolled: needed(yesNo()),
    consent: enrolled(yesNo()),
    consent_date: enrolled(day()),
    assigned_unit: enrolled(unit()),
    case_manager: enrolled(text(50)),
    not_enrolled_reason: when('enrolled', ['no'], needed(area(300))),
    case_no: given(text(20)),
  },
  files: ['consent_file'],
  serviceDay: 'intake_date',
  assignedTo: 'assigned_unit',
  list: ['case_no', 'criteria', 'enrolled', 'assigned_unit'],
  filters: ['criteria', 'enrolled', 'source'],
  uniqueBy: ({ enrolled: isEnrolled }) => (isEnrolled === true ? 'enrolled' : undefined),
  rules(values, { today, subject }) {
    const consented = dayOf(values['consent_date']);
    return [
      ...stillToCome(values, today, 'intake_date', 'consent_date'),
      ...contactOf(values),
      ...pregnancyRules(values),
      ...(values['consent'] === false ? [error('consent', 'hr_consent')] : []),
      ...(consented > dayOf(values['intake_date']) ? [warning('consent_date', 'hr_consent_late')] : []),
      ...criteriaRules(values, subject?.birthDate ?? ''),
    ];
  },
  follows: openCase,
});

/** Whether the criteria are borne out by what the form says of her. */
function criteriaRules(values: Values, birthDate: string): Finding[] {
  const criteria = listOf(values['criteria']);
  const identity = listOf(values['identity']);
  const found: Finding[] = [];
  const ifTicked = (criterion: string, isBorneOut: boolean, finding: Finding): void => {
    if (criteria.includes(criterion) && !isBorneOut) found.push(finding);
  };
  const isVulnerable =
    UP_TO_SENIOR_HIGH.includes(String(values['education'])) ||
    identity.some((one) => one === 'indigenous' || one === 'immigrant');
  const isUnder20 = birthDate !== '' && isYoungerThan(20, birthDate, dayOf(values['intake_date']));
  const lives = [values['household_town'], values['residence_town']].map(String);
  ifTicked('multiple', Number(values['fetus_count'] ?? 0) >= 2, error('fetus_count', 'hr_multiple'));
  ifTicked('hypertension', isVulnerable, error('criteria', 'hr_vulnerable'));
  ifTicked('diabetes', isVulnerable, error('criteria', 'hr_vulnerable'));
  ifTicked('under_20', isUnder20, error('criteria', 'hr_under_20'));
  ifTicked('no_antenatal', values['served'] === 'newborn', error('served', 'hr_newborn'));
  const isPoor = identity.some((one) => one === 'low_income' || one === 'near_low_income');
  ifTicked('low_income', isPoor, warning('identity', 'hr_low_income'));
  ifTicked(
    'remote',
    lives.some((town) => REMOTE.has(town)),
    warning('residence_town', 'hr_remote'),
  );
  if (values['served'] === 'newborn' && !criteria.includes('no_antenatal')) {
    found.push(error('criteria', 'hr_newborn_criterion'));
  }
  if (isUnder20 && !criteria.includes('under_20')) found.push(warning('criteria', 'hr_is_under_20'));
  return found;
}

const listOf = (value: Values[string] | undefined): string[] => (Array.isArray(value) ? value : []);

const isYoungerThan = (years: number, birthDate: string, on: string): boolean =>
  on < `${Number(birthDate.slice(0, 4)) + years}${birthDate.slice(4)}`;
