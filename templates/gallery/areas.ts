import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import type { PageContext } from '../views.ts';
import type { AreaFrame, RecordHead, RecordViews } from '../views/records.ts';
import { invented } from './invented.ts';

const AT = new Date('2026-11-20T02:15:00Z');

/** What some areas show in their own way: lists that lead to a form, a case and what belongs to it, a claim, a follow-up to approve. */
export function areaSamples(locale: Locale, page: Partial<PageContext>): Sample[] {
  const t = (chinese: string, english: string): string => (locale === 'en' ? english : chinese);
  const { menu, accounts } = invented(locale);
  const unit = accounts.mch[0].unitName;
  const mother = t('測試孕婦', 'Test Mother');
  const child = t('測試寶寶', 'Test Baby');
  const hearing = t('聽力篩檢業務', 'Hearing screening');
  const children = t('嬰幼兒及兒童', 'Infants and children');
  const frameOf = (section: string, area: string, title: string): AreaFrame => ({
    menu,
    breadcrumb: [section, area, title],
    title,
    path: '#main',
  });
  const state = {
    submitted: { text: t('已送出', 'Submitted'), tone: 'info' as const },
    approved: { text: t('已核定', 'Approved'), tone: 'success' as const },
    claimed: { text: t('申報中', 'Claimed'), tone: 'neutral' as const },
  };
  const exports = ['xlsx', 'ods'].map((format) => ({ format, url: '#main' }));
  const fact = (label: string, text: string) => ({ label, text });

  const record = (
    frame: AreaFrame,
    head: Pick<RecordHead, 'no' | 'person'> & Partial<RecordHead>,
    more: Partial<RecordViews['mch-app/record']>,
  ): RecordViews['mch-app/record'] => ({
    ...frame,
    head: {
      state: state.submitted,
      lock: t('送出即鎖定', 'Locked since submitted'),
      idHint: 'A20****012',
      unit,
      ...head,
    },
    parts: [],
    files: [],
    tables: [],
    exports: [],
    children: [],
    parent: undefined,
    trail: [{ label: t('送出', 'Submitted'), text: mother, at: AT }],
    note: '',
    deeds: [],
    beside: undefined,
    editUrl: '',
    printUrl: '#main',
    pdfUrl: '#main',
    historyUrl: '#main',
    acting: accounts.mch[0].id,
    generation: 1,
    version: 1,
    printedBy: '',
    printedAt: AT,
    unit,
    ...more,
  });

  const waits = t('已篩檢未確診', 'Screened, not diagnosed');
  const columns = [
    t('篩檢紀錄', 'Screening'),
    t('姓名', 'Name'),
    t('篩檢日期', 'Screened on'),
    t('轉介確診機構', 'Referred to'),
    t('等候天數', 'Days waited'),
    t('登錄', 'Entry'),
  ];
  const waiting = ['41', child, '2026/11/12', t('示範醫院', 'Demo Hospital'), '8', t('登錄確診', 'Diagnose')];
  const undiagnosed: RecordViews['mch-app/report'] = {
    ...frameOf(children, hearing, waits),
    fields: [
      {
        name: 'from',
        label: t('出生日期 起', 'Born from'),
        kind: 'date',
        value: '',
        isFaulty: false,
        options: [],
        blankKey: '',
      },
      {
        name: 'stage',
        label: t('階段', 'Stage'),
        kind: 'select',
        value: '',
        isFaulty: false,
        blankKey: 'console-list.any',
        options: [{ value: 'repeat', label: t('複篩', 'Repeat'), selected: false }],
      },
    ],
    figures: [],
    count: { key: 'console-list.count', number: 1 },
    columns: columns.map((label, at) => ({ label, numeric: at === 4 })),
    rows: [
      {
        cells: columns.map((label, at) => ({
          label,
          text: waiting[at] ?? '',
          url: at === 0 || at === 5 ? '#main' : '',
          numeric: at === 4,
        })),
        percent: -1,
        decideUrl: '',
      },
    ],
    barLabel: locale === 'en' ? 'Specimens' : '採檢數',
    hasDecisions: false,
    exports,
    firstUrl: '',
    nextUrl: '',
  };

  const linked = (label: string, ...records: string[]) => ({
    label,
    newUrl: '#main',
    records: records.map((text) => ({ url: '#main', text, state: state.approved })),
  });
  const highRisk = t('高風險孕產婦管理', 'High-risk pregnancies');
  const open = record(
    frameOf(t('孕產婦及婦女', 'Mothers and women'), highRisk, t('個案', 'Cases')),
    { no: 17, person: mother, lock: t('僅供查閱', 'Read only') },
    {
      parts: [
        {
          name: 'own',
          label: t('個案管理', 'Case'),
          facts: [
            fact(t('個案編號', 'Case no.'), 'HR-2026-10017-0009'),
            fact(t('風險等級', 'Risk'), t('中', 'Medium')),
            fact(t('下次追蹤日', 'Next contact'), '2026/11/25'),
          ],
        },
      ],
      children: [
        linked(t('需求評估', 'Assessments'), '18 · 2026-09-03'),
        linked(t('追蹤紀錄', 'Contacts'), '21 · 2026-10-02', '26 · 2026-10-30'),
        linked(t('分娩紀錄', 'Delivery')),
      ],
      parent: { label: `${t('收案評估', 'Intake')} 16`, url: '#main' },
    },
  );

  const preventive = t('兒童預防保健業務', 'Preventive care of children');
  const item = t('項目', 'Item');
  const amount = t('金額', 'Amount');
  const claim = record(
    frameOf(children, preventive, t('費用申報', 'Claims')),
    { no: 52, person: '', idHint: '', state: state.claimed },
    {
      parts: [
        {
          name: 'own',
          label: t('申報', 'Claim'),
          facts: [fact(t('申報月份', 'Month'), '2026-09'), fact(t('合計', 'Total'), '1,500')],
        },
      ],
      tables: [
        {
          name: 'register',
          label: t('申報明細', 'Claimed items'),
          columns: [item, t('姓名', 'Name'), amount],
          rows: [t('轉介獎勵', 'Referral'), t('確診費', 'Diagnosis')].map((text, at) => ({
            label: String(at + 1),
            cells: [
              fact(item, text),
              fact(t('姓名', 'Name'), child),
              fact(amount, at === 0 ? '250' : '1,250'),
            ],
          })),
        },
      ],
      exports,
    },
  );
  const deed = (name: string, label: string, isMain: boolean) => ({
    deed: name,
    url: '#main',
    label,
    isMain,
    isDangerous: false,
    asksNote: true,
    noteKey: `records.note-${name}`,
    note: '',
  });
  const followed = record(
    frameOf(children, preventive, t('追蹤紀錄核定', 'Follow-ups to approve')),
    { no: 63, person: child },
    {
      parts: [
        {
          name: 'own',
          label: t('追蹤紀錄', 'Follow-up'),
          facts: [
            fact(t('追蹤日期', 'Followed up on'), '2026/11/19'),
            fact(t('追蹤方式', 'How'), t('電話', 'Phone')),
          ],
        },
      ],
      parent: { label: `${t('轉介紀錄', 'Referral')} 60`, url: '#main' },
      deeds: [deed('approve', t('核定', 'Approve'), true), deed('return', t('退回', 'Return'), false)],
      beside: { previousUrl: '#main', nextUrl: '#main' },
    },
  );
  return [
    { name: 'mch-hearing-undiagnosed', view: 'mch-app/report', page, data: undiagnosed },
    { name: 'mch-high-risk-case', view: 'mch-app/record', page, data: open },
    { name: 'mch-preventive-claim', view: 'mch-app/record', page, data: claim },
    { name: 'mch-preventive-approval', view: 'mch-app/record', page, data: followed },
  ];
}
