import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import type { PageContext } from '../views.ts';
import { invented } from './invented.ts';

const AT = new Date('2026-11-20T02:15:00Z');

/** A change request on its way: asked, in a list, under review. */
export function changeRequestSamples(locale: Locale, page: Partial<PageContext>): Sample[] {
  const t = (chinese: string, english: string): string => (locale === 'en' ? english : chinese);
  const { menu, accounts, person } = invented(locale);
  const { id: acting, unitName: unit } = accounts.mch[0];
  const title = t('資料異動申請', 'Change requests');
  const frame = { menu, breadcrumb: [t('共用', 'Common'), title], title, path: '#main' };
  const flow = t('送出申請 > 單位管理員 > 衛生局 > 完成', 'Sent > Unit manager > Health bureau > Done');
  const content = t(
    '採檢日期誤植，應為 11 月 18 日。',
    'The day of the specimen is wrong: it was 18 November.',
  );
  const facts = [
    { key: 'change-requests.who', text: person },
    { key: 'change-requests.unit', text: unit },
  ];
  const progress = { key: 'change-requests.progress-reviewing', tone: 'info' as const };
  const one = {
    ...frame,
    no: 117,
    progress,
    facts,
    content,
    flow,
    steps: [
      {
        reviewerKey: 'change-requests.reviewer-unit_manager',
        decisionKey: 'change-requests.decision-allowed',
        who: person,
        at: AT,
        reason: content,
      },
      {
        reviewerKey: 'change-requests.reviewer-health_bureau',
        decisionKey: 'change-requests.waits',
        who: '',
        at: undefined,
        reason: '',
      },
    ],
    beside: { previousUrl: '#main', nextUrl: '#main' },
    decisions: [
      { value: 'allowed', key: 'change-requests.decide-allowed' },
      { value: 'refused', key: 'change-requests.decide-refused' },
    ],
    reason: '',
    errors: [],
    decideUrl: '#main',
    withdrawUrl: '',
    accountsUrl: '',
    backUrl: '#main',
    acting,
    generation: 1,
    doneKey: '',
  };
  return [
    {
      name: 'mch-change-form',
      view: 'mch-app/change-request-form',
      page,
      data: {
        ...frame,
        facts,
        typed: { phone: '02-55500100', email: 'nurse@example.test', content: '' },
        errors: [{ field: 'content', key: 'change-requests.no-content' }],
        categories: [{ value: 'other', key: 'change-requests.category-other', selected: true }],
        records: [{ value: '128', label: '128 2026-11-18', selected: false }],
        asksRecord: true,
        flow,
        acting,
        generation: 1,
        ownUrl: '#main',
      },
    },
    {
      name: 'mch-changes',
      view: 'mch-app/change-requests',
      page,
      data: {
        ...frame,
        whose: 'own',
        filters: { no: '', from: '', to: '', isFaulty: false, progress: [] },
        rows: [
          {
            no: 117,
            url: '#main',
            at: AT,
            progress,
            categoryKey: 'change-requests.category-other',
            who: person,
            unit,
            steps: flow,
          },
        ],
        askUrl: '#main',
        firstUrl: '',
        nextUrl: '',
      },
    },
    {
      name: 'mch-changes-none',
      view: 'mch-app/change-requests',
      page,
      data: {
        ...frame,
        whose: 'review',
        filters: { no: '', from: '', to: '', isFaulty: false, progress: [] },
        rows: [],
        askUrl: '',
        firstUrl: '',
        nextUrl: '',
      },
    },
    { name: 'mch-change', view: 'mch-app/change-request', page, data: one },
  ];
}
