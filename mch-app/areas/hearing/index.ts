/**
 * Newborn hearing screening (child/hearing): a hospital screens, again where a child failed, and refers who fails
 * again; the confirming hospital enters what it found; the health station follows device and training, approved by the
 * bureau. Who was not screened or not diagnosed follows from the register of births and from the screenings. It refuses
 * referrals of who passed, subsidies that come late or twice, and diagnoses of who did not fail.
 */
export { hearing } from './area.ts';
