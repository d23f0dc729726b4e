import type { Locale } from '#kit/http/locale.ts';
import type { FormField } from '../views/records.ts';

/** A township with its county, as a form asks them. */
export function townshipOf(locale: Locale): Partial<FormField> {
  const county = locale === 'en' ? 'Keelung City' : '基隆市';
  const town = locale === 'en' ? 'Qidu District' : '七堵區';
  return {
    kind: 'town',
    required: true,
    county: {
      name: 'residence_town-county',
      label: locale === 'en' ? 'Township of residence: county' : '居住鄉鎮市區：縣市',
      options: [{ value: '10017', label: county, selected: true }],
    },
    groups: [
      { label: county, county: '10017', options: [{ value: '10017020', label: town, selected: true }] },
    ],
  };
}
