/**
 * Synthetic data: pregnancies of people who do not exist, from which every area tells the records it would hold. The
 * demonstration gets a month of them, typed into the areas' own forms; measuring gets years. It touches no system that
 * has records.
 */
export { type SeedPlan, coursesOf } from './courses.ts';
export { seedDemo } from './demo.ts';
