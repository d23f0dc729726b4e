/**
 * Screening for group B streptococcus (maternal/gbs): a clinic registers the specimen and names the laboratory, the
 * laboratory enters the result, the clinic follows up who is positive. One specimen a pregnancy, one result a specimen.
 * It refuses results dated before the specimen, and follow-ups of what is not positive.
 */
export { gbs } from './area.ts';
