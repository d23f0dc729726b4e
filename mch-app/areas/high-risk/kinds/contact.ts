import {
  type Finding,
  type RecordKind,
  type Values,
  area,
  choice,
  day,
  dayOf,
  decimal,
  defineRecord,
  error,
  flags,
  needed,
  stillToCome,
  warning,
  whole,
} from '../../../records/index.ts';
import { contactInCase } from '../service/on-case.ts';
import { likeContacts } from '../store/asks.ts';
import { monthIs } from '../store/conditions.ts';
import { likeness } from '../text-likeness.ts';

/** One contact with her: how, with what result, and what was talked about in words of its own. */
export const CONTACT: RecordKind = defineRecord({
  key: 'hr-contact',
  path: 'maternal/high-risk/contacts',
  subject: 'parent',
  parent: 'hr-case',
  fields: {
    contact_date: needed(day()),
    contact_mode: needed(choice('meeting', 'phone', 'video', 'home')),
    contact_result: needed(choice('done', 'absent', 'refused', 'lost')),
    minutes: whole(1, 240),
    weight: decimal(30, 200),
    bp_sys: whole(60, 250),
    bp_dia: whole(30, 150),
    habits_now: flags('smoking', 'passive_smoking', 'drinking', 'betel', 'drugs'),
    antenatal_visits: whole(0, 20),
    topics: needed(
      flags('check_ups', 'nutrition', 'habits', 'warning_signs', 'mood', 'birth', 'breastfeeding', 'newborn'),
    ),
    content: needed(area(2000)),
    next_date: day(),
  },
  serviceDay: 'contact_date',
  list: ['contact_mode', 'contact_result', 'minutes', 'next_date'],
  filters: ['contact_mode', 'contact_result'],
  conditions: { this_month: monthIs(0), last_month: monthIs(1) },
  lock: 'LK2',
  changeCategory: 'tracking',
  approvedCategory: 'tracking_approval',
  isReviewed: true,
  asks: likeContacts,
  rules(values, { today, parent, known }) {
    const on = dayOf(values['contact_date']);
    const next = dayOf(values['next_date']);
    const opened = dayOf(parent?.['opened_on']);
    return [
      ...stillToCome(values, today, 'contact_date'),
      ...(opened !== '' && on < opened ? [error('contact_date', 'before', { other: 'opened_on' })] : []),
      ...(next !== '' && next <= on ? [error('next_date', 'hr_next')] : []),
      ...(next === '' ? [warning('next_date', 'hr_no_next')] : []),
      ...pressure(values),
      ...alike(String(values['content'] ?? ''), known['alike']),
    ];
  },
  follows: contactInCase,
});

function pressure({ bp_sys: sys, bp_dia: dia }: Values): Finding[] {
  return typeof sys === 'number' && typeof dia === 'number' && dia >= sys
    ? [error('bp_dia', 'hr_pressure')]
    : [];
}

/** A text that was written of somebody else already, nine tenths of it or more. */
function alike(content: string, others: unknown): Finding[] {
  const texts = Array.isArray(others) ? others.map(String) : [];
  const most = Math.max(0, ...texts.map((other) => likeness(content, other)));
  return most >= 0.9 ? [warning('content', 'hr_alike', { percent: Math.floor(most * 100) })] : [];
}
