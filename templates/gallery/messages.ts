import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { translate } from '../locales.ts';
import { invented } from './invented.ts';

const MESSAGES = {
  'zh-TW': [
    {
      prefix: '【婦幼健康整合】',
      subject: '審核信件通知!',
      sender: '婦幼健康整合',
      body: ['有一筆帳號申請等待您審核。', '請於三個工作天內完成。'],
    },
    { prefix: '', subject: '業務帳號即將停權', sender: '單一入口', body: [] },
    { prefix: '【癌症篩檢追蹤】', subject: '名單已更新', sender: '癌症篩檢追蹤', body: [] },
  ],
  en: [
    {
      prefix: '[MCH] ',
      subject: 'An application is waiting for your review',
      sender: 'Maternal and Child Health',
      body: ['An application for an account is waiting for your review.', 'Please decide within three days.'],
    },
    { prefix: '', subject: 'A system account will be suspended', sender: 'Single entry', body: [] },
    { prefix: '[Cancer] ', subject: 'The list was updated', sender: 'Cancer Screening', body: [] },
  ],
};

/** What reaches a person inside the portal. */
export function messageSamples(locale: Locale): Sample[] {
  const { person } = invented(locale);
  const messages = MESSAGES[locale];
  const page = {
    signedIn: { name: person, signOutUrl: '#main' },
    navigation: [
      { key: 'places.home', url: '#main', current: false },
      {
        key: 'places.messages',
        url: '#main',
        current: true,
        badge: { count: 2, key: 'messages.badge' },
      },
    ],
  };
  const plain = (text: string) => ({ text, lang: '' });
  const heads = messages.map(({ prefix, subject, sender, body }, at) => ({
    prefix,
    subject: plain(subject),
    sender: plain(sender),
    receivedAt: new Date(Date.UTC(2026, 10, 20 - at, 1, 12, 40)),
    url: '#main',
    isUnread: at < 2,
    body,
  }));
  const [first] = heads;
  if (!first) throw new Error('the invented world has messages');
  const work = [
    { key: 'messages.work-enrollments', count: 3, url: '#main' },
    { key: 'messages.work-access-requests', count: 0, url: '#main' },
  ];
  const list = { work, unread: 2, readAction: '#main', newest: '3', firstUrl: '', olderUrl: '#main' };
  const nothing = { ...list, work: [], messages: [], unread: 0, olderUrl: '' };
  const one = {
    ...first,
    body: { paragraphs: first.body, lang: '' },
    link: '#main',
    linkLabel: translate(locale, 'messages.go'),
    listUrl: '#main',
  };
  return [
    { name: 'messages', view: 'idp/messages', page, data: { ...list, messages: heads } },
    { name: 'messages-none', view: 'idp/messages', page, data: nothing },
    { name: 'message', view: 'idp/message', page, data: one },
  ];
}
