import type { Locale } from '#kit/http/locale.ts';
import { readPlainText } from '#kit/plain-text.ts';
import type { Sample } from '../gallery.ts';
import type { ContentLine, PageNotices } from '../views.ts';
import { invented } from './invented.ts';

const written = (text: string, lang = '') => ({ text, lang });

/** Announcements as both homes and the list show them; one of them has no English. */
export function inventedNews(locale: Locale): ContentLine[] {
  const en = locale === 'en';
  const line = (at: number, title: string, titleEn: string, publishedOn: string): ContentLine => ({
    url: `#news-${at}`,
    headline: en && titleEn === '' ? written(title, 'zh-Hant-TW') : written(en ? titleEn : title),
    category: en ? 'Notice' : '公告',
    system: en ? 'Single entry' : '單一入口系統',
    publishedOn,
  });
  return [
    line(
      1,
      '登入後請點選「帳號簽入」前往業務系統',
      'After signing in, choose an account to enter a system',
      '2026-11-18',
    ),
    line(
      2,
      '妊娠糖尿病篩檢及貧血檢驗紀錄新增功能上線通知',
      'New: diabetes and anaemia records',
      '2026-11-05',
    ),
    line(3, '僅有中文的公告標題', '', '2026-10-30'),
  ];
}

export function inventedNotices(locale: Locale): PageNotices {
  const en = locale === 'en';
  return {
    lines: [
      {
        ...written(
          en
            ? 'Managers: the application form is under Downloads.'
            : '申請【管理者帳號】須填寫表單開通，請至【下載專區】下載',
        ),
        url: '#main',
      },
      {
        ...written(
          en ? 'Locked out? Reset your password.' : '【輸錯密碼多次被鎖定】，請使用【忘記密碼】功能',
        ),
        url: '',
      },
    ],
    windows: [
      {
        isRunning: false,
        text: en
          ? 'The single entry: maintenance from Saturday 22:00 to Sunday 02:00.'
          : '單一入口將於 2026/11/28 下午 10:00:00 至 2026/11/29 上午 02:00:00 進行維護。',
        effect: en ? 'Please avoid this time.' : '期間仍可使用，但請儘量避免。',
        reason: written(''),
      },
      {
        isRunning: true,
        text: en
          ? 'Cancer screening: maintenance under way.'
          : '癌症篩檢維護中，預計 2026/11/22 下午 01:30:00 完成。',
        effect: en ? 'It cannot be used.' : '期間無法使用。',
        reason: written(en ? 'Database upgrade' : '資料庫升級'),
      },
    ],
  };
}

export function contentSamples(locale: Locale): Sample[] {
  const en = locale === 'en';
  const { person, systems } = invented(locale);
  const places = ['home', 'announcements', 'events', 'links', 'questions', 'guide', 'downloads'];
  const page = {
    navigation: places.map((name) => ({
      key: `places.${name}`,
      url: `#${name}`,
      current: name === 'announcements',
    })),
  };
  const news = inventedNews(locale);
  const text = en
    ? 'Please read this first.\n\n- one\n- two, see https://agency.example/ for more'
    : '請先閱讀以下說明。\n\n- 第一點\n- 第二點，詳見 https://agency.example/ 。';
  const body = { blocks: readPlainText(text), lang: '' };
  const filter = {
    kind: 'announcement' as const,
    url: '#main',
    categories: [{ value: 'notice', label: en ? 'Notice' : '公告', selected: true }],
    systems: [{ value: 'portal', label: en ? 'Single entry' : '單一入口系統', selected: false }],
  };
  const list = {
    ...filter,
    keyword: '',
    filtered: true,
    total: 18,
    lines: news,
    firstUrl: '#main',
    olderUrl: '#main',
  };
  const event = {
    startsAt: new Date('2026-12-04T09:00:00+08:00'),
    endsAt: new Date('2026-12-04T12:00:00+08:00'),
    place: written(en ? 'Kaohsiung, and online' : '高雄場（實體與視訊）'),
  };
  const entry = (id: string, url = '') => ({
    id,
    title: written(en ? 'How do I begin?' : '第一次使用要準備什麼？'),
    body,
    url,
  });
  const topics = (url = '') => [
    {
      id: 'topic-one',
      label: en ? 'First steps' : '第一次使用',
      entries: [entry('one', url), entry('two', url)],
    },
  ];
  const file = {
    title: written(en ? 'Application form for managers' : '管理者帳號申請表'),
    category: en ? 'Form' : '申請表單',
    name: '管理者帳號申請表.pdf',
    kind: 'PDF',
    sizeBytes: 48_200,
    publishedOn: '2026-11-01',
    url: '#main',
  };
  return [
    {
      name: 'announcements',
      view: 'idp/announcements',
      page: { ...page, notices: inventedNotices(locale) },
      data: list,
    },
    {
      name: 'announcements-helped',
      view: 'idp/announcements',
      page: {
        ...page,
        notices: {
          ...inventedNotices(locale),
          helper: {
            ...{ name: person, system: systems.mch.name, action: '#main' },
            until: new Date('2026-11-22T02:00:00Z'),
          },
        },
      },
      data: list,
    },
    {
      name: 'announcements-none',
      view: 'idp/announcements',
      page,
      data: { ...list, filtered: false, total: 0, lines: [], firstUrl: '', olderUrl: '' },
    },
    {
      name: 'events',
      view: 'idp/announcements',
      page,
      data: { ...list, kind: 'event', lines: news.map((line) => ({ ...line, event })) },
    },
    {
      name: 'event',
      view: 'idp/announcement',
      page,
      data: {
        ...(news[0] as ContentLine),
        event,
        kind: 'event',
        listUrl: '#main',
        body,
        attachments: [{ name: '議程.pdf', sizeBytes: 1_300_000, url: '#main' }],
      },
    },
    { name: 'questions', view: 'idp/help-entries', page, data: { kind: 'question', topics: topics() } },
    { name: 'guide', view: 'idp/help-entries', page, data: { kind: 'guide', topics: topics() } },
    {
      name: 'links',
      view: 'idp/help-entries',
      page,
      data: { kind: 'link', topics: topics('https://agency.example/') },
    },
    { name: 'questions-none', view: 'idp/help-entries', page, data: { kind: 'question', topics: [] } },
    {
      name: 'downloads',
      view: 'idp/downloads',
      page,
      data: { signInUrl: '#main', files: [file, { ...file, url: '' }] },
    },
    { name: 'downloads-none', view: 'idp/downloads', page, data: { signInUrl: '#main', files: [] } },
    {
      name: 'text-page',
      view: 'idp/text-page',
      page,
      data: {
        title: en ? 'About' : '關於本站',
        lead: text.split('\n')[0] ?? '',
        sections: [{ id: 'what', title: en ? 'What it is' : '這是什麼', blocks: body.blocks }],
      },
    },
    {
      name: 'site-map',
      view: 'idp/site-map',
      page,
      data: {
        groups: [{ key: 'places.group-guide', places: [{ key: 'places.guide', url: '#guide-page' }] }],
      },
    },
    {
      name: 'closed',
      view: 'idp/closed',
      page: { closed: true },
      data: {
        endsAt: new Date('2026-11-29T02:00:00+08:00'),
        reason: written(en ? 'Database upgrade' : '資料庫升級'),
        signOutUrl: '#main',
      },
    },
  ];
}
