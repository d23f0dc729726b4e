/** Every view with invented data, in the states worth looking at: for people, screenshots and tests. */
import type { Locale } from '#kit/http/locale.ts';
import { accessRequestSamples } from './gallery/access-requests.ts';
import { accountSamples } from './gallery/account.ts';
import { consoleCaseSamples } from './gallery/console-case.ts';
import { consoleSheetSamples } from './gallery/console-sheets.ts';
import { consoleSamples } from './gallery/console.ts';
import { consoleContentSamples } from './gallery/console-content.ts';
import { consolePeopleSamples } from './gallery/console-people.ts';
import { consoleReviewSamples } from './gallery/console-review.ts';
import { contentSamples } from './gallery/content.ts';
import { enrollmentInstitutionSamples } from './gallery/enrollment-institution.ts';
import { enrollmentSamples } from './gallery/enrollment.ts';
import { dataRightsSamples } from './gallery/data-rights.ts';
import { federationSamples } from './gallery/federation.ts';
import { grantSamples } from './gallery/grants.ts';
import { idpSamples } from './gallery/idp.ts';
import { impersonationSamples } from './gallery/impersonation.ts';
import { mchSamples } from './gallery/mch-app.ts';
import { messageSamples } from './gallery/messages.ts';
import { recoverySamples } from './gallery/recovery.ts';
import { statusSamples } from './gallery/status.ts';
import { unitSamples } from './gallery/units.ts';
import type { PageContext, ViewName, Views } from './views.ts';

/** One view in one state. */
export type Sample = {
  [V in ViewName]: { name: string; view: V; page?: Partial<PageContext>; data: Views[V] };
}[ViewName];

/** @returns the samples of one language; `name` is unique and fit for an address */
export function galleryPages(locale: Locale): Sample[] {
  return [
    ...idpSamples(locale),
    ...grantSamples(locale),
    ...federationSamples(locale),
    ...contentSamples(locale),
    ...recoverySamples(locale),
    ...enrollmentSamples(locale),
    ...enrollmentInstitutionSamples(locale),
    ...accountSamples(locale),
    ...accessRequestSamples(locale),
    ...messageSamples(locale),
    ...dataRightsSamples(locale),
    ...consoleSamples(locale),
    ...consoleSheetSamples(locale),
    ...consoleCaseSamples(locale),
    ...consoleContentSamples(locale),
    ...consolePeopleSamples(locale),
    ...consoleReviewSamples(locale),
    ...impersonationSamples(locale),
    ...statusSamples(locale),
    ...unitSamples(locale),
    ...mchSamples(locale),
  ];
}

/** The page around a sample. */
export function galleryContext(sample: Sample, locale: Locale): PageContext {
  return {
    locale,
    path: `/${sample.name}?lang=${locale}`,
    app: sample.view.startsWith('mch-app/') ? 'mch-app' : 'idp',
    ...sample.page,
  };
}
