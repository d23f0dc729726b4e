import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { invented } from './invented.ts';
import { renderMail } from '../mail.ts';

/** Mails, and how one comes to a new password. */
export function recoverySamples(locale: Locale): Sample[] {
  const url = 'https://portal.example.test/password-reset?token=sample';
  const mail = renderMail({ key: 'N06', locale, name: 'Demo', facts: { loginName: 'demo.nurse' }, url });
  const createdAt = new Date('2026-11-20T08:30:05+08:00');
  const { subject, sender } = mail;
  const to = 'demo.nurse@example.test';
  const forgot = {
    action: '#form',
    account: '',
    email: '',
    errors: [],
    captchaImageUrl: '/sample-captcha.svg',
    captchaAudioUrl: '/sample-captcha.wav',
    newCaptchaUrl: '#form',
    homeUrl: '#main',
  };
  const rules = 'deck' as const;
  const own = { action: '#form', rules, errors: [], loginName: 'demo.nurse', cancelUrl: '#main' };
  const signedIn = { name: invented(locale).person, signOutUrl: '#main' };
  const wrong = (field: string, key: string) => [{ field, key }];
  return [
    { name: 'forgot-password', view: 'idp/forgot-password', data: forgot },
    {
      name: 'forgot-password-refused',
      view: 'idp/forgot-password',
      data: {
        ...forgot,
        account: 'demo.nurse',
        email: to,
        errors: wrong('captcha', 'sign-in.captcha-wrong'),
      },
    },
    {
      name: 'forgot-password-sent',
      view: 'idp/forgot-password-sent',
      data: { homeUrl: '#main', againUrl: '#main', mailboxUrl: '#main' },
    },
    {
      name: 'password-reset',
      view: 'idp/change-password',
      data: { action: '#form', reason: 'forgotten', rules: 'deck', errors: [], loginName: 'demo.nurse' },
    },
    ...(['expired', 'used', 'superseded', 'unknown'] as const).map((reason): Sample => ({
      name: `password-reset-${reason}`,
      view: 'idp/password-reset-closed',
      data: { reason, againUrl: '#main', signInUrl: '#main' },
    })),
    { name: 'password-reset-done', view: 'idp/password-reset-done', data: { signInUrl: '#main' } },
    { name: 'own-password', view: 'idp/own-password', page: { signedIn }, data: own },
    {
      name: 'own-password-refused',
      view: 'idp/own-password',
      page: { signedIn },
      data: { ...own, errors: wrong('current_password', 'own-password.current-wrong') },
    },
    {
      name: 'own-password-done',
      view: 'idp/own-password',
      page: { signedIn, status: { kind: 'success', key: 'own-password.done' } },
      data: own,
    },
    { name: 'mailbox-empty', view: 'idp/mailbox', data: { mails: [] } },
    {
      name: 'mailbox',
      view: 'idp/mailbox',
      data: {
        mails: [
          { url: '#main', subject, to, createdAt, sent: false },
          { url: '#main', subject, to, createdAt, sent: true },
        ],
      },
    },
    {
      name: 'mailbox-letter',
      view: 'idp/mailbox-letter',
      data: {
        subject,
        sender,
        to,
        createdAt,
        lines: mail.text.split('\n').map((text) => ({ text, isLink: text.startsWith('https://') })),
        htmlUrl: '#main',
        boxUrl: '#main',
      },
    },
  ];
}
