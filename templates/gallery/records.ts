import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import type { PageContext } from '../views.ts';
import type { AreaFrame, FormField, RecordHead } from '../views/records.ts';
import { invented } from './invented.ts';
import { townshipOf } from './township.ts';

const AT = new Date('2026-11-20T02:15:00Z');

/** Records of an area, as a nurse sees them. */
export function recordSamples(locale: Locale, page: Partial<PageContext>): Sample[] {
  const t = (chinese: string, english: string): string => (locale === 'en' ? english : chinese);
  const { menu, accounts } = invented(locale);
  const unit = accounts.mch[0].unitName;
  const title = t('採檢登錄', 'Specimens');
  const frame: AreaFrame = {
    menu,
    breadcrumb: [t('孕產婦及婦女', 'Mothers and women'), t('乙型鏈球菌篩檢', 'Group B streptococcus'), title],
    title,
    path: '#main',
  };
  const person = t('測試孕婦', 'Test Mother');
  const head: RecordHead = {
    no: 128,
    state: { text: t('已送出', 'Submitted'), tone: 'info' },
    lock: t('送出即鎖定', 'Locked since submitted'),
    person,
    idHint: 'A20****012',
    unit,
  };
  const field = (name: string, label: string, more: Partial<FormField> = {}): FormField => ({
    name,
    label,
    kind: 'text',
    required: false,
    isDerived: false,
    value: '',
    options: [],
    groups: [],
    hint: undefined,
    maxlength: 50,
    when: '',
    error: '',
    ...more,
  });
  const options = [
    { value: 'a', label: t('本國籍', 'Citizen'), selected: true },
    { value: 'b', label: t('本國籍配偶', 'Spouse of a citizen'), selected: false },
  ];
  const weeks = t('採檢週數', 'Weeks of pregnancy');
  const wrong = t(
    '「採檢週數」請填 22.0 至 42.6 週（週.天，天為 0–6）',
    '“Weeks of pregnancy” is 22.0 to 42.6, written weeks.days',
  );
  const form = {
    ...frame,
    no: undefined,
    action: '#main',
    cancelUrl: '#main',
    acting: accounts.mch[0].id,
    generation: 1,
    hidden: [],
    about: [],
    parts: [
      {
        name: 'who',
        label: t('個案基本資料', 'Who it is about'),
        fields: [
          field('name', t('姓名', 'Name'), { required: true, value: person }),
          field('birth_date', t('出生日期', 'Date of birth'), {
            kind: 'day',
            required: true,
            value: '1995-05-05',
          }),
          field('residence_town', t('居住鄉鎮市區', 'Township of residence'), townshipOf(locale)),
        ],
      },
      {
        name: 'own',
        label: t('採檢資料', 'Specimen'),
        fields: [
          field('gest_days', weeks, {
            kind: 'weeks',
            required: true,
            value: '43',
            error: wrong,
            hint: t('週.天，例如 24.3', 'Weeks.days, such as 24.3'),
          }),
          field('basis', t('補助資格', 'Entitled as'), { kind: 'choice', options, required: true }),
          field('sites', t('採檢部位', 'Sites'), { kind: 'flags', options }),
          field('low', t('低收入戶', 'Low income'), { kind: 'yes-no', options }),
          field('note', t('備註', 'Note'), { kind: 'area', maxlength: 500 }),
        ],
      },
    ],
    rows: [
      {
        name: 'items',
        label: t('檢驗項目', 'Items'),
        hint: '',
        columns: [t('檢驗值', 'Value'), t('判定', 'Finding')],
        count: 2,
        rows: [0, 1].map((at) => ({
          label: t(`第 ${at + 1} 列`, `Row ${at + 1}`),
          fields: [
            field(`items.${at}.value`, t('檢驗值', 'Value'), { kind: 'decimal', value: '3.2' }),
            field(`items.${at}.finding`, t('判定', 'Finding'), { kind: 'choice', options }),
          ],
          remove: `remove.items.${at}`,
        })),
        add: 'add.items',
      },
    ],
    warnings: [],
    noticeKey: '',
    maySubmit: true,
    mayDraft: true,
    mayFind: true,
  };
  const facts = [
    { label: weeks, text: t('36 週 1 天', '36 weeks 1 days') },
    { label: t('補助資格', 'Entitled as'), text: t('本國籍', 'Citizen') },
  ];
  return [
    {
      name: 'mch-records',
      view: 'mch-app/record-list',
      page,
      data: {
        ...frame,
        fields: [
          {
            name: 'from',
            label: t('採檢日期 起', 'Sampled on from'),
            kind: 'date',
            value: '',
            isFaulty: false,
            options: [],
          },
          {
            name: 'person',
            label: t('姓名', 'Name'),
            kind: 'text',
            value: person,
            isFaulty: false,
            options: [],
          },
          {
            name: 'basis',
            label: t('補助資格', 'Entitled as'),
            kind: 'select',
            value: '',
            isFaulty: false,
            options,
          },
        ],
        chips: [{ label: `${t('姓名', 'Name')}: ${person}`, removeUrl: '#main' }],
        sort: '-service_on',
        count: { key: 'console-list.count', number: 2 },
        columns: [
          { label: t('紀錄編號', 'Record no.'), sortUrl: '#main', direction: 'none' },
          { label: t('採檢日期', 'Sampled on'), sortUrl: '#main', direction: 'descending' },
          { label: t('姓名', 'Name'), sortUrl: '', direction: 'none' },
          { label: t('狀態', 'State'), sortUrl: '', direction: 'none' },
        ],
        rows: [128, 127].map((no, at) => ({
          url: '#main',
          cells: [
            { label: t('紀錄編號', 'Record no.'), text: String(no), numeric: true },
            { label: t('採檢日期', 'Sampled on'), text: '2026/11/20' },
            { label: t('姓名', 'Name'), text: person },
            {
              label: t('狀態', 'State'),
              textKey: at === 0 ? 'records.state-submitted' : 'records.state-draft',
              tone: at === 0 ? ('info' as const) : ('neutral' as const),
            },
          ],
        })),
        exports: [
          { format: 'xlsx', url: '#main' },
          { format: 'ods', url: '#main' },
        ],
        newUrl: '#main',
        firstUrl: '',
        nextUrl: '#main',
      },
    },
    { name: 'mch-record-form', view: 'mch-app/record-form', page, data: { ...form, errors: [] } },
    {
      name: 'mch-record-form-errors',
      view: 'mch-app/record-form',
      page,
      data: {
        ...form,
        errors: [{ field: 'gest_days', text: wrong }],
        noticeKey: 'records.notice-changed_meanwhile',
      },
    },
    {
      name: 'mch-record',
      view: 'mch-app/record',
      page,
      data: {
        ...frame,
        head,
        parts: [{ name: 'own', label: t('採檢資料', 'Specimen'), facts }],
        files: [
          {
            slot: 'consent',
            label: t('同意書', 'Consent'),
            name: 'consent.pdf',
            by: person,
            at: AT,
            url: '#main',
            action: '#main',
          },
        ],
        tables: [
          {
            name: 'items',
            label: t('檢驗項目', 'Items'),
            columns: [t('檢驗值', 'Value')],
            rows: [
              {
                label: t('第 1 列', 'Row 1'),
                cells: [{ label: t('檢驗值', 'Value'), text: '3.2' }],
              },
            ],
          },
        ],
        exports: [],
        children: [
          {
            label: t('檢查結果登錄', 'Results'),
            newUrl: '#main',
            records: [{ url: '#main', text: '129 · 2026-11-21', state: head.state }],
          },
        ],
        parent: undefined,
        trail: [{ label: t('送出', 'Submitted'), text: person, at: AT }],
        note: '',
        deeds: [
          {
            deed: 'approve',
            url: '#main',
            label: t('核定', 'Approve'),
            isMain: true,
            isDangerous: false,
            asksNote: false,
            noteKey: 'records.note-approve',
            note: '',
          },
          {
            deed: 'return',
            url: '#main',
            label: t('退回', 'Return'),
            isMain: false,
            isDangerous: false,
            asksNote: true,
            noteKey: 'records.note-return',
            note: '',
          },
        ],
        beside: { previousUrl: '#main', nextUrl: '#main' },
        editUrl: '#main',
        printUrl: '#main',
        pdfUrl: '#main',
        historyUrl: '#main',
        acting: accounts.mch[0].id,
        generation: 1,
        version: 1,
        printedBy: '',
        printedAt: AT,
        unit,
      },
    },
    {
      name: 'mch-record-history',
      view: 'mch-app/record-history',
      page,
      data: {
        ...frame,
        head,
        recordUrl: '#main',
        versions: [
          {
            version: 2,
            at: AT,
            who: person,
            deed: t('更正後送出', 'Corrected and submitted'),
            note: '',
            changes: [{ label: weeks, before: '35.6', after: '36.1' }],
          },
          { version: 1, at: AT, who: person, deed: t('送出', 'Submitted'), note: '', changes: [] },
        ],
      },
    },
  ];
}
