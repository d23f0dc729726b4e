import type { Locale } from '#kit/http/locale.ts';
import { readPlainText } from '#kit/plain-text.ts';
import type { Sample } from '../gallery.ts';
import { translate } from '../locales.ts';
import type { PageContext, Views } from '../views.ts';
import type { MchContentEntry, MchNewsLine } from '../views/mch-content.ts';
import { invented } from './invented.ts';
import { inventedNews } from './content.ts';

const TYPES = ['announcement', 'event', 'question', 'guide', 'download', 'link'] as const;
const PLACES = {
  ...{ announcement: 'announcements', event: 'events', question: 'qa' },
  ...{ guide: 'guide', download: 'downloads', link: 'links' },
};

/** What the first page tells. */
export function inventedMchNews(locale: Locale): Views['mch-app/home']['news'] {
  const lines = inventedNews(locale).map(({ url, headline, category, publishedOn }, at): MchNewsLine => ({
    ...{ url, headline, category, publishedOn },
    isNew: at === 0,
  }));
  return { url: '#main', lines };
}

/** Lists of each type, one entry, the editors' form as it begins and after somebody else's change. */
export function mchContentSamples(locale: Locale, page: Partial<PageContext>): Sample[] {
  const t = (chinese: string, english: string): string => (locale === 'en' ? english : chinese);
  const { menu, accounts, person } = invented(locale);
  const frame = (title: string) => ({ menu, breadcrumb: [t('共用', 'Common'), title], title, path: '#main' });
  const placeOf = (type: (typeof TYPES)[number]) => frame(translate(locale, `menu.common.${PLACES[type]}`));
  const text = t(
    '請先閱讀以下說明。\n\n- 第一點\n- 第二點，詳見 https://agency.example/ 。',
    'Please read this first.\n\n- one\n- two, see https://agency.example/ for more',
  );
  const files = [{ name: t('操作手冊.pdf', 'manual.pdf'), size: 1_234_567, url: '#main' }];
  const entries = inventedNews(locale).map(
    ({ url, headline, category, publishedOn }, at): MchContentEntry => ({
      ...{ id: `entry-${at}`, url, headline, category, publishedOn },
      body: { blocks: readPlainText(text), lang: headline.lang },
      link: '#main',
      files: at === 1 ? [] : files,
    }),
  );
  const held = {
    startsAt: new Date('2026-12-04T01:00:00Z'),
    endsAt: new Date('2026-12-04T04:00:00Z'),
    place: { text: t('高雄場（實體與視訊）', 'Kaohsiung, and online'), lang: '' },
  };
  const list = {
    ...{ keyword: '', isNarrowed: false, total: 18, firstUrl: '#main', nextUrl: '#main' },
    categories: [{ value: 'notice', label: t('公告', 'Notice'), selected: false }],
  };
  const [first] = entries;
  const one = first && { ...first, link: '', event: held, kind: 'event' as const, listUrl: '#main' };
  const office: Partial<PageContext> = {
    ...page,
    office: {
      ...{ reviewUrl: '#main', consoleUrl: '#main', profileUrl: '#main', messagesUrl: '#main' },
      tabs: [{ label: translate(locale, 'menu.admin.content'), url: '#main', current: true }],
    },
  };
  const form = formOf(locale, accounts.mch[0].id, person);
  const confirm = {
    version: '1',
    ...frame(translate(locale, 'content.withdraw')),
    ...{ headline: '系統維護公告', backUrl: '#main', acting: form.acting, generation: 1 },
  };
  const label = translate(locale, 'content.field-title.zh-TW');
  return [
    ...TYPES.map((type): Sample => {
      const lines = entries.map((entry) => (type === 'event' ? { ...entry, event: held } : entry));
      const data = { ...placeOf(type), ...list, kind: type, lines };
      return { name: `mch-content-list-${type}`, view: 'mch-app/content-list', page, data };
    }),
    {
      name: 'mch-content-list-empty',
      view: 'mch-app/content-list',
      page,
      data: {
        ...placeOf('announcement'),
        ...{ ...list, kind: 'announcement', total: 0, lines: [], firstUrl: '', nextUrl: '' },
      },
    },
    ...(one
      ? [
          {
            name: 'mch-content',
            view: 'mch-app/content',
            page,
            data: { ...placeOf('event'), ...one },
          } as const,
        ]
      : []),
    { name: 'mch-content-form', view: 'mch-app/content-form', page: office, data: form },
    {
      name: 'mch-content-form-conflict',
      view: 'mch-app/content-form',
      page: office,
      data: {
        ...form,
        errors: [{ field: 'title.zh-TW', key: 'content.fault-missing', params: { label } }],
        isConflict: true,
        doneKey: '',
        conflict: [{ key: 'content.field-order', before: '10', after: '' }],
        preview: [{ lang: 'zh-Hant-TW', title: '系統維護公告', blocks: readPlainText('本週六夜間維護。') }],
        fileErrorKey: 'content.fault-file-kind',
      },
    },
    {
      name: 'mch-content-confirm',
      view: 'mch-app/content-confirm',
      page: office,
      data: { ...confirm, area: 'content-withdrawal', action: '#main' },
    },
    {
      name: 'mch-content-confirm-impossible',
      view: 'mch-app/content-confirm',
      page: office,
      data: { ...confirm, area: 'content-removal', action: '' },
    },
  ];
}

type Form = Views['mch-app/content-form'];

const AT = new Date('2026-01-05T01:30:00Z');

function formOf(locale: Locale, acting: string, person: string): Form {
  const title = translate(locale, 'menu.admin.content');
  const field = (path: string, kind: string, value = '', hinted = false): Form['fields'][number] => ({
    ...{ name: path, key: `content.field-${path}`, kind, value, max: 200 },
    hintKey: hinted ? `content.hint-${path}` : '',
    required: path.endsWith('zh-TW'),
    options: kind.startsWith('choice')
      ? ['general', 'notice'].map((one) => ({
          value: one,
          label: translate(locale, `content.category-announcement-${one}`),
          selected: one === 'notice',
        }))
      : [],
  });
  const history = [
    { at: AT, key: 'content.did-changed', who: person, note: translate(locale, 'content.field-title.zh-TW') },
    { at: AT, key: 'content.did-published', who: person, note: '' },
  ];
  return {
    ...{ menu: [], breadcrumb: [translate(locale, 'menu.admin'), title], title, path: '#main' },
    ...{ acting, generation: 1, heading: translate(locale, 'content.edit-announcement'), author: person },
    ...{ stateKey: 'content.state-published', tone: 'success', doneKey: 'content.done-saved' },
    ...{ action: '#main', previewAction: '#main', backUrl: '#main', id: 'entry', version: '2' },
    ...{ isReleased: true, isConflict: false, conflict: [], preview: [], errors: [], fileErrorKey: '' },
    ...{ withdrawUrl: '#main', removeUrl: '', attachAction: '#main', history },
    fields: [
      field('category', 'choice', 'notice'),
      field('title.zh-TW', 'line', '系統維護公告'),
      field('body.zh-TW', 'text', '本週六夜間維護。\n\n- 期間無法登入', true),
      field('publishFrom', 'moment', '2026-11-20T08:00'),
      field('publishUntil', 'moment', '', true),
      field('order', 'number', '10', true),
      field('inMarquee', 'yes', 'yes'),
      field('audience.duties', 'choices', '1'),
      field('audience.units', 'codes', '', true),
    ],
    files: [{ name: '操作手冊.pdf', size: 1_234_567, url: '#main', removeAction: '#main' }],
  };
}
