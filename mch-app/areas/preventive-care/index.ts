/**
 * Preventive care of children (child/preventive-care): seven visits and six screenings of development by age, referrals
 * of what they find, what the hospital found, how health stations follow it up and bureaus approve that, and what is
 * claimed for it. One visit and one screening of a number for a child, at its age. It refuses referrals without the
 * guardian's consent, and whatever is dated before what it follows from.
 */
export { preventiveCare } from './area.ts';
