/**
 * Health guidance before birth: guidance given face to face in the first and the third trimester,
 * the antenatal visits that ask for it, what was paid for against what was uploaded, women who miss their checks, and
 * what becomes of it in numbers. A claim is a registered visit with an order code of guidance: it settles the record of
 * the same woman, pregnancy, trimester and unit. It refuses a second record of a trimester.
 */
export { antenatalEducation } from './area.ts';
