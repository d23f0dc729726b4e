import {
  type RecordKind,
  day,
  dayOf,
  defineRecord,
  error,
  needed,
  positionsOf,
  rowsOf,
  stillToCome,
  text,
  whole,
} from '../../../records/index.ts';
import { LEAST } from '../programme.ts';
import { writtenInCase } from '../service/on-case.ts';

/** What is to be reached for her, by whom and until when; the health bureau approves it. */
export const PLAN: RecordKind = defineRecord({
  key: 'hr-plan',
  path: 'maternal/high-risk/plans',
  subject: 'parent',
  parent: 'hr-case',
  fields: {
    plan_date: needed(day()),
    planned_contacts: needed(whole(1, 100)),
    planned_visits: needed(whole(0, 50)),
  },
  groups: [
    {
      name: 'goals',
      most: 10,
      fields: {
        problem: needed(text(200)),
        goal: needed(text(200)),
        intervention: needed(text(300)),
        due_date: needed(day()),
        owner: needed(text(50)),
      },
    },
  ],
  serviceDay: 'plan_date',
  list: ['planned_contacts', 'planned_visits'],
  lock: 'LK2',
  changeCategory: 'tracking',
  approvedCategory: 'tracking_approval',
  isReviewed: true,
  rules(values, { today, parent }) {
    const least = parent?.['extended'] === true ? LEAST.extended : LEAST.usual;
    const { planned_contacts: contacts, planned_visits: visits } = values;
    const [goals] = PLAN.groups;
    const places = goals ? positionsOf(goals, values) : [];
    const rows = goals ? rowsOf(goals, values) : [];
    const early = places.filter((_, at) => {
      const due = dayOf(rows[at]?.['due_date']);
      return due !== '' && due < dayOf(values['plan_date']);
    });
    return [
      ...stillToCome(values, today, 'plan_date'),
      ...(Number(contacts) < least.contacts
        ? [error('planned_contacts', 'hr_least', { least: least.contacts })]
        : []),
      ...(Number(visits) < least.homeVisits
        ? [error('planned_visits', 'hr_least', { least: least.homeVisits })]
        : []),
      ...(rows.length === 0 ? [error('goals.0.problem', 'hr_no_goal')] : []),
      ...early.map((at) => error(`goals.${at}.due_date`, 'before', { other: 'plan_date' })),
    ];
  },
  follows: writtenInCase,
});
