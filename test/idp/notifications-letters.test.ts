import { LOCALES } from '#kit/http/locale.ts';
import type { MailKind, MailParams, NewMail } from '#idp/notifications/index.ts';
import { renderLetter } from '#idp/notifications/letter.ts';
import { translate } from '#templates/locales.ts';
import { keyring } from './sign-in-people.ts';

/* Every mail of the catalogue, in both languages, as subject, text and HTML. */

type Samples = { [K in MailKind]: MailParams[K][] };

const both = (zh: string, en: string) => ({ 'zh-TW': zh, en });
const url = 'https://portal.example.test/somewhere?token=abc-123';
const at = new Date('2026-11-20T08:30:05+08:00');
const [loginName, reason] = ['demo.nurse', '資料待補'];
const unitName = both('示範醫院', 'Demo Hospital');
const subsystemName = both('婦幼健康管理整合系統', 'Maternal and Child Health');
const request = { prefix: both('【婦幼健康整合】', '[MCH] '), subsystemName, unitName, reason, url };
const binding = { subsystemName, subsystemAccountId: 'P@00000001P@mbh_01', binding: '示範醫院', url };
const suspension = { subsystemName, subsystemAccountId: 'P@00000001P@mbh_01' };
const form = { loginName, unitName, url };
const authenticator = {
  loginName,
  authenticator: both('驗證器應用程式', 'Authenticator app'),
  changedAt: at,
};

const samples: Samples = {
  N01: [{ loginName, unitName, url }],
  N02: [{ applicantName: '測試申請人', unitName, subject: both('帳號申請', 'Account'), url }],
  N03: [
    { outcome: 'approved', loginName, url },
    { outcome: 'returned', reason, loginName, url },
  ],
  N04: [
    { outcome: 'approved', ...request },
    { outcome: 'changed', ...request },
    { outcome: 'returned', ...request },
  ],
  N05: [
    { outcome: 'received', ...form },
    { outcome: 'supplement', ...form, reason },
    { outcome: 'opened', ...form },
  ],
  N06: [{ loginName, url }],
  N07: [{ loginName, changedAt: at, url }],
  N08: [{ loginName, lockedUntil: at, url }],
  N09: [{ loginName, days: 7, url }],
  N10: [
    { outcome: 'warned', ...suspension, suspendsAt: at, url },
    { outcome: 'suspended', ...suspension, reason: both('逾期未登入', 'Not used') },
    { outcome: 'reinstated', ...suspension, reason: both('復職', 'Back at work') },
    { outcome: 'member_suspended', ...suspension, reason: both('逾期未登入', 'Not used') },
    { outcome: 'member_reinstated', ...suspension, reason: both('復職', 'Back at work') },
  ],
  N11: [{ loginName, reason }],
  N12: (['allowed', 'refused'] as const).map((outcome) => ({
    ...{ outcome, requestNo: 12, subject: both('管理員超額申請', 'One manager more') },
    ...{ subsystemName, unitName, reason, url },
  })),
  N15: [
    {
      ...{
        subsystemName,
        unitName,
        url,
        settingsAddress: 'https://mch.example.test/common/profile?tab=work',
      },
      waitingWork: both('衛教指導未上傳資料 52', 'Education records missing 52'),
    },
  ],
  N16: [
    { outcome: 'added', ...binding },
    { outcome: 'removed', ...binding },
  ],
  N17: [{ announcement: both('維護公告', 'Maintenance'), url }],
  delegation: (['given', 'revoked'] as const).map((outcome) => ({
    outcome,
    delegatorName: '林示範',
    deputyName: '周示範',
    period: both('今日至明日', 'today to tomorrow'),
    url,
  })),
  impersonation: (['begun', 'ended'] as const).map((outcome) => ({
    outcome,
    operatorName: '林示範',
    subsystemName: both('婦幼健康', 'MCH'),
    subsystemAccountId: 'P@00000001P@mbh_01',
    period: both('今日', 'today'),
    reason: '案件 123',
    url,
  })),
  key_alarm: [
    ...(['rotation_overdue', 'no_successor', 'federation_overdue'] as const).map((outcome) => ({
      outcome,
      kid: 'a-key-id',
      url,
    })),
    ...(['promotion_waits', 'promoted_unseen', 'vouching_waits'] as const).map((outcome) => ({
      ...{ outcome, kid: 'a-key-id', clients: 'cancer-screening, mch-app', url },
    })),
    { outcome: 'replica_behind', replica: 'idp-2:4711', url },
  ],
  key_revoked: [
    { outcome: 'confirm', loginName, kid: 'a-key-id', url },
    { outcome: 'overdue', loginName, kid: 'a-key-id', url },
  ],
  N18: [
    { outcome: 'alert', alertRule: both('夜間大量查詢', 'Many queries at night'), happenedAt: at, url },
    { outcome: 'breach_recorded', breachTitle: '測試事故', knownAt: at, url },
    {
      outcome: 'breach_overdue',
      breachTitle: '測試事故',
      breachStep: both('通報', 'Report'),
      dueAt: at,
      url,
    },
    { outcome: 'trail_altered', happenedAt: at, url },
  ],
  review_due: [{ unitName, dueAt: at, url }],
  confirm_address: [{ url }],
  address_changed: [{ loginName, changedAt: at }],
  account_created: [{ loginName, url }],
  password_reset_by_manager: [{ loginName, url }],
  authenticator_changed: [
    { outcome: 'added', ...authenticator },
    { outcome: 'removed', ...authenticator },
  ],
};

const SUBJECTS: Partial<Record<MailKind, string[]>> = {
  N01: ['帳號申請受理通知'],
  N02: ['審核信件通知!'],
  N03: ['帳號開通通知', '帳號申請退回通知'],
  N04: Array.from({ length: 3 }, () => '【婦幼健康整合】審核信件通知!'),
  N05: ['紙本審核進度通知', '紙本審核進度通知', '紙本審核進度通知'],
  N06: ['變更密碼通知信'],
  N07: ['密碼變更完成通知'],
  N08: ['帳號鎖定通知'],
  N09: ['密碼即將到期通知'],
  N10: [
    '帳號即將停權通知',
    '帳號停權通知',
    '帳號復權通知',
    '帳號停權通知（所屬單位）',
    '帳號復權通知（所屬單位）',
  ],
  N11: ['帳號停用通知'],
  N15: [`${subsystemName['zh-TW']}待辦事項提醒`],
  N16: ['子系統帳號綁定通知', '子系統帳號綁定通知'],
  N18: ['異常使用警示', '個資事故', '逾期未辦', '稽核紀錄異常'].map((what) => `資安／個資事件通報：${what}`),
};

const render = (kind: MailKind, params: object, locale: NewMail['locale'], name = '測試 王小明') => {
  const content = JSON.stringify({ address: 'a@example.test', name, params });
  const contentSealed = keyring.seal('mail', Buffer.from(content), 'key');
  return renderLetter(keyring, { kind, dedupeKey: 'key', contentSealed, locale: locale ?? 'zh-TW' });
};

const every = (Object.keys(samples) as MailKind[]).flatMap((kind) =>
  samples[kind].flatMap((params, variant) => LOCALES.map((locale) => ({ kind, params, variant, locale }))),
);

describe('N01–N11, N16–N18: mails', () => {
  test.each(every)('$kind/$variant renders whole, $locale first', ({ kind, params, locale }) => {
    const mail = render(kind, params, locale);
    for (const part of [mail.subject, mail.text, mail.html]) {
      expect(part).not.toMatch(/undefined|\[object|NaN|\{\w+\}|\{\{/);
    }
    const [first, second] = locale === 'en' ? [/Dear /, /親愛的/] : [/親愛的/, /Dear /];
    for (const part of [mail.text, mail.html]) {
      expect(part.search(first)).toBeGreaterThan(-1);
      expect(part.search(second)).toBeGreaterThan(part.search(first));
    }
    expect(/\p{Script=Han}/u.test(mail.subject)).toBe(locale === 'zh-TW');
    if ('url' in params) {
      expect(mail.text).toContain(`\n${url}\n`);
      expect(mail.html).toContain('href="https://portal.example.test/somewhere?token&#x3D;abc-123"');
    }
  });

  test.each(Object.entries(SUBJECTS))('%s has the subject of the catalogue', (kind, subjects) => {
    const found = samples[kind as MailKind].map(
      (params) => render(kind as MailKind, params, 'zh-TW').subject,
    );
    expect(found).toEqual(subjects);
  });

  test('P-08: the reset mail says all the customer asks for, from the customer', () => {
    const { sender, subject, text } = render('N06', samples.N06[0] ?? {}, 'zh-TW', '王小明');
    expect({ sender, subject }).toEqual({
      sender: '預防保健服務單一入口系統',
      subject: '變更密碼通知信',
    });
    expect(text).toContain('親愛的 王小明 您好');
    expect(text).toContain('您的帳號: demo.nurse');
    expect(text).toContain('更新密碼請點我');
    expect(text).toContain('提醒您，務必在1小時內進入更改密碼，此信件於1小時過後失效');
    expect(text).toContain('請牢記並妥善保管您的帳號及密碼，謹防他人冒用');
  });

  test('X-08: the plain text alone says what the HTML says', () => {
    const { text, html } = render('N08', samples.N08[0] ?? {}, 'zh-TW');
    const helpWithTheButton = LOCALES.map((locale) => translate(locale, 'mail.address'));
    const shown = helpWithTheButton.reduce((rest, help) => rest.replaceAll(help, ' '), html);
    const words = shown.replaceAll(/<title>.*<\/title>|<[^>]*>/g, ' ').split(/\s+/);
    for (const word of words.filter((each) => !each.includes('&'))) expect(text).toContain(word);
    expect(text).not.toMatch(/<[a-z]/i);
  });

  test('what a person wrote stays text', () => {
    const mail = render('N11', { loginName, reason: '<img src=x onerror=1>{name}' }, 'en', '<b>"x"</b>');
    expect(mail.html).not.toMatch(/<img|<b>/);
    expect(mail.text).toContain('<img src=x onerror=1>{name}');
  });
});
