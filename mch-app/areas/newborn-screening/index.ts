/**
 * Newborn screening (child/newborn-screening): the hospital registers the birth and the heel-blood specimen and sends
 * it to one of the screening centres; the centre enters what it found in the 21 items; unfit specimens and doubtful
 * findings are taken again, positive ones referred and diagnosed; health stations follow up and bureaus approve that.
 * One birth a child, one specimen a sequence number, one card number in the country, one finding a specimen. It refuses
 * specimens before 24 hours, subsidies after 30 days, and conclusions that do not follow from the items.
 */
export { newbornScreening } from './area.ts';
