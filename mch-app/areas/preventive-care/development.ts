import {
  CHILD,
  type RecordKind,
  choice,
  day,
  defineRecord,
  needed,
  stillToCome,
  text,
  when,
  whole,
  yesNo,
} from '../../records/index.ts';
import { agedFor, numbered } from './fields.ts';
import { unreferred } from './store/waiting.ts';
import { SCREENINGS } from './windows.ts';

const score = () => whole(0, 100);

/** One of the six screenings of development. */
export const DEVELOPMENT: RecordKind = defineRecord({
  key: 'child-development',
  path: 'child/preventive-care/development',
  importAt: 'child/preventive-care/development-import',
  subject: 'child',
  blocks: [CHILD],
  fields: {
    screen_no: needed(numbered(SCREENINGS)),
    screen_date: needed(day()),
    tool: choice('national', 'taipei', 'other'),
    tool_other: when('tool', ['other'], needed(text(50))),
    score_gross: score(),
    score_fine: score(),
    score_language: score(),
    score_social: score(),
    screen_result: needed(choice('pass', 'follow', 'refer')),
    ref_bonus: when('screen_result', ['refer'], yesNo()),
  },
  serviceDay: 'screen_date',
  list: ['screen_no', 'screen_result'],
  filters: ['screen_no', 'screen_result'],
  conditions: { without_referral: unreferred },
  uniqueBy: ({ screen_no: no }) => `screening-${String(no)}`,
  rules: (values, { today, subject }) => [
    ...stillToCome(values, today, 'screen_date'),
    ...agedFor(
      SCREENINGS,
      {
        number: values['screen_no'],
        numberField: 'screen_no',
        day: values['screen_date'],
        dayField: 'screen_date',
      },
      subject,
    ),
  ],
});
