import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import type { PageContext } from '../views.ts';
import type { ImportLine } from '../views/record-import.ts';
import { invented } from './invented.ts';

/** Files of records that a laboratory brought: the page to bring one, and one that was taken in part. */
export function importSamples(locale: Locale, page: Partial<PageContext>): Sample[] {
  const t = (chinese: string, english: string): string => (locale === 'en' ? english : chinese);
  const { menu, accounts } = invented(locale);
  const title = t('結果批次上傳', 'Import of results');
  const frame = {
    menu,
    breadcrumb: [t('孕產婦及婦女', 'Mothers and women'), t('乙型鏈球菌篩檢', 'Group B streptococcus'), title],
    title,
    path: '#main',
  };
  const line: ImportLine = {
    id: 12,
    url: '#main',
    fileName: 'results-2026-11.csv',
    by: t('王檢驗師', 'Technician Wang'),
    at: new Date('2026-11-20T02:15:00Z'),
    state: { text: t('完成', 'Done'), tone: 'success' },
    stateKey: 'record-import.what-done',
    isUnderWay: false,
    mode: t('只匯入正確的列', 'Import the good rows only'),
    rows: 120,
    doneTo: 120,
    taken: 117,
    repeated: 1,
    faulty: 2,
  };
  const [result, day] = [t('檢查結果', 'Result'), t('報告日期', 'Reported on')];
  return [
    {
      name: 'mch-record-imports',
      view: 'mch-app/record-imports',
      page,
      data: {
        ...frame,
        columns: [
          { label: t('紀錄編號', 'Record no.'), isNeeded: true },
          { label: result, isNeeded: true },
          { label: day, isNeeded: false },
        ],
        limits: { rows: 20_000, megabytes: 10 },
        unusable: t('缺少欄位：檢查結果。', 'Columns are missing: Result.'),
        templates: [
          { format: 'xlsx', url: '#main' },
          { format: 'csv', url: '#main' },
        ],
        action: '#main',
        acting: accounts.mch[0].id,
        generation: 1,
        from: '',
        to: '',
        imports: [line],
        nextUrl: '#main',
      },
    },
    {
      name: 'mch-record-import',
      view: 'mch-app/record-import',
      page,
      data: {
        ...frame,
        ...line,
        faults: [
          { line: 14, column: result, what: t('請重新選擇「檢查結果」', 'Choose “Result” again') },
          { line: 80, column: day, what: t('「報告日期」不可晚於今天', '“Reported on” is still to come') },
        ],
        isCut: true,
        filesUrl: '#main',
        backUrl: '#main',
        listUrl: '#main',
      },
    },
  ];
}
