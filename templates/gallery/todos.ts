import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import type { PageContext } from '../views.ts';
import type { TodoLine } from '../views/records.ts';
import { invented } from './invented.ts';

/** Invented lines of the to-do list, one of nothing among them. */
export function inventedTodos(locale: Locale): TodoLine[] {
  const t = (chinese: string, english: string): string => (locale === 'en' ? english : chinese);
  return [
    {
      key: 'todos.system-maternal',
      label: t('衛教指導未上傳資料', 'Education records missing'),
      url: '#main',
      count: 52,
    },
    {
      key: 'todos.system-maternal',
      label: t('乙型鏈球菌檢查結果未上傳資料', 'GBS results missing'),
      url: '#main',
      count: 0,
    },
    {
      key: 'todos.system-mch',
      label: t('聽力篩檢-未篩檢資料清單', 'Newborns not screened for hearing'),
      url: '#main',
      count: 4,
    },
  ];
}

const inventedMails = (locale: Locale) =>
  (['queued', 'sent', 'refused'] as const).map((state, at) => ({
    at: new Date(Date.UTC(2026, 10, 22 - at)),
    lines: inventedTodos(locale).filter(({ count }) => count > 0),
    stateKey: `todos.mail-${state}`,
    tone: (['info', 'success', 'warning'] as const)[at] ?? 'info',
  }));

/** The to-do list, and a report with its bars. */
export function todoSamples(locale: Locale, page: Partial<PageContext>): Sample[] {
  const t = (chinese: string, english: string): string => (locale === 'en' ? english : chinese);
  const title = t('待辦事項', 'To-dos');
  const frame = {
    menu: invented(locale).menu,
    breadcrumb: [t('共用', 'Common'), title],
    title,
    path: '#main',
  };
  return [
    {
      name: 'mch-todos',
      view: 'mch-app/todos',
      page,
      data: { ...frame, tab: 'work', todos: inventedTodos(locale), mails: [] },
    },
    {
      name: 'mch-todos-mail',
      view: 'mch-app/todos',
      page,
      data: { ...frame, tab: 'mail', todos: [], mails: inventedMails(locale) },
    },
    {
      name: 'mch-todos-no-mail',
      view: 'mch-app/todos',
      page,
      data: { ...frame, tab: 'mail', todos: [], mails: [] },
    },
    {
      name: 'mch-report',
      view: 'mch-app/report',
      page,
      data: {
        ...frame,
        fields: [
          {
            name: 'since',
            label: t('起始年月', 'From month'),
            kind: 'month',
            value: '2026-01',
            isFaulty: false,
            options: [],
            blankKey: '',
          },
        ],
        figures: [
          { label: t('採檢數', 'Specimens'), text: '1,280' },
          { label: t('陽性率', 'Positive'), text: '18.2 %' },
        ],
        count: { key: 'console-list.count', number: 2 },
        columns: [
          { label: t('年月', 'Month'), numeric: false },
          { label: t('採檢數', 'Specimens'), numeric: true },
        ],
        rows: [640, 512].map((number, at) => ({
          cells: [
            { label: t('年月', 'Month'), text: `2026-0${at + 1}`, url: '', numeric: false },
            { label: t('採檢數', 'Specimens'), text: String(number), url: '', numeric: true },
          ],
          percent: Math.round((number / 640) * 100),
          decideUrl: at === 0 ? '#main' : '',
        })),
        barLabel: '',
        hasDecisions: true,
        exports: [{ format: 'xlsx', url: '#main' }],
        firstUrl: '',
        nextUrl: '',
      },
    },
    {
      name: 'mch-report-decision',
      view: 'mch-app/report-decision',
      page,
      data: {
        ...frame,
        title: t('衛教指導同院所核銷資料重複', 'Paid twice in one institution'),
        facts: [
          { label: t('姓名', 'Name'), text: t('測試孕婦', 'Test Mother') },
          { label: t('孕期別', 'Trimester'), text: t('第1期', 'First') },
        ],
        action: '#main',
        listUrl: '#main',
        acting: invented(locale).accounts.mch[0].id,
        generation: 1,
        label: t('判定', 'Decision'),
        options: [
          { value: 'keep', label: t('保留', 'Keep'), selected: false },
          { value: 'remove', label: t('刪除', 'Remove'), selected: true },
        ],
        reason: '',
        lacksDecision: false,
        lacksReason: true,
      },
    },
  ];
}
