import type { Area } from '../records/index.ts';
import { antenatalEducation } from './antenatal-education/index.ts';
import { gbs } from './gbs/index.ts';
import { hearing } from './hearing/index.ts';
import { highRisk } from './high-risk/index.ts';
import { newbornScreening } from './newborn-screening/index.ts';
import { preventiveCare } from './preventive-care/index.ts';

/** The business areas of this system, in the order of the menu. */
export const AREAS: readonly Area[] = [
  antenatalEducation,
  gbs,
  highRisk,
  newbornScreening,
  hearing,
  preventiveCare,
];
