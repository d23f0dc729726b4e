import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { renderMail } from '../mail.ts';

/** Mails, and how one comes to a new password. */
export function recoverySamples(locale: Locale): Sample[] {
  const url = 'https://portal.example.test/password-reset?token=sample';
  const mail = renderMail({ key: 'N06', locale, name: 'Demo', facts: { loginName: 'demo.nurse' }, url });
  const createdAt = new Date('2026-11-20T08:30:05+08:00');
  const { subject, sender } = mail;
  const to = 'demo.nurse@example.test';
  return [
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
