import {
  type Finding,
  type RecordKind,
  type Values,
  choice,
  day,
  dayOf,
  decimal,
  defineRecord,
  error,
  moment,
  needed,
  stillToCome,
  text,
  warning,
} from '../../records/index.ts';
import { ITEMS, itemsDue } from './items.ts';
import { withoutDiagnosis, withoutReferral, withoutRepeat } from './store/waiting.ts';

/** What a screening centre found in a specimen, item by item, and what it concludes. */
export const FINDING: RecordKind = defineRecord({
  key: 'nbs-lab',
  path: 'child/newborn-screening/lab',
  subject: 'parent',
  parent: 'nbs-specimen',
  onePerParent: true,
  // a centre works for the whole country: the finding goes back to the hospital and lies where that lies
  assignedTo: 'parent',
  liesWithParent: true,
  fields: {
    received_date: needed(day()),
    condition: needed(choice('fit', 'insufficient', 'contaminated', 'expired', 'other')),
    overall: needed(choice('normal', 'repeat', 'confirm', 'unfit')),
    report_date: needed(day()),
    notified_at: moment(),
    notify_mode: choice('phone', 'system', 'post'),
  },
  groups: [
    {
      name: 'items',
      preset: 'item',
      fields: {
        item: choice(...ITEMS),
        item_value: decimal(0, 9_999_999),
        item_unit: text(20),
        item_cutoff: decimal(0, 9_999_999),
        item_flag: needed(choice('normal', 'suspected', 'positive')),
      },
    },
  ],
  serviceDay: 'report_date',
  list: ['overall', 'condition', 'received_date', 'notify_mode'],
  filters: ['overall', 'condition'],
  conditions: {
    without_repeat: withoutRepeat,
    without_diagnosis: withoutDiagnosis,
    without_referral: withoutReferral,
  },
  rules: (values, { today, now, parent }) => [
    ...stillToCome(values, today, 'received_date', 'report_date'),
    ...inOrder(values, parent),
    ...(values['condition'] === 'fit' ? itemsMissing(values, parent) : []),
    ...conclusion(values),
    ...notice(values, now),
  ],
});

function inOrder(values: Values, parent: Values | undefined): Finding[] {
  const [received, reported] = [dayOf(values['received_date']), dayOf(values['report_date'])];
  const taken = dayOf(parent?.['collected_at']);
  return [
    ...(received !== '' && received < taken
      ? [error('received_date', 'before', { other: 'collected_at' })]
      : []),
    ...(reported !== '' && reported < received
      ? [error('report_date', 'before', { other: 'received_date' })]
      : []),
  ];
}

/** A fit specimen is examined for every item that was due on the day it was taken. */
function itemsMissing(values: Values, parent: Values | undefined): Finding[] {
  const due = itemsDue(dayOf(parent?.['collected_at']));
  return ITEMS.slice(0, due).flatMap((_code, at) => {
    const flag = `items.${at}.item_flag`;
    return values[flag] === null || values[flag] === undefined ? [error(flag, 'needed')] : [];
  });
}

/** What is concluded follows from the specimen and its items. */
function conclusion(values: Values): Finding[] {
  const { condition, overall } = values;
  if (condition === null || overall === null) return [];
  if (condition !== 'fit') return overall === 'unfit' ? [] : [error('overall', 'nbs_unfit')];
  if (overall === 'unfit') return [error('overall', 'nbs_fit')];
  const flags = ITEMS.map((_code, at) => values[`items.${at}.item_flag`]);
  if (flags.includes('positive')) return overall === 'confirm' ? [] : [error('overall', 'nbs_positive')];
  if (flags.includes('suspected')) return overall === 'normal' ? [error('overall', 'nbs_suspected')] : [];
  return overall === 'normal' ? [] : [warning('overall', 'nbs_all_normal')];
}

/** Whoever must be confirmed, the hospital has been told of. */
function notice(values: Values, now: Date): Finding[] {
  const { overall, notified_at: at, notify_mode: mode } = values;
  const found: Finding[] = [];
  if (at instanceof Date && at > now) found.push(error('notified_at', 'future'));
  else if (at instanceof Date && dayOf(at) < dayOf(values['received_date'])) {
    found.push(error('notified_at', 'before', { other: 'received_date' }));
  }
  const isDue = overall === 'confirm';
  if (at === null && (isDue || mode !== null)) found.push(error('notified_at', 'needed'));
  if (mode === null && (isDue || at !== null)) found.push(error('notify_mode', 'needed'));
  return found;
}
