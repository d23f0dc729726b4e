import nodemailer from 'nodemailer';
import { isLoopback } from './environment.ts';

export interface Letter {
  /** The sender's name; the address is the mailer's. */
  sender: string;
  to: { address: string; name: string };
  subject: string;
  text: string;
  html: string;
  /** The same at every try, so that a mail server can drop one it took twice. */
  messageId: string;
}

export interface Mailer {
  /** @throws LetterRefused when trying again cannot help, any other Error when it may */
  send(letter: Letter): Promise<void>;
  close(): void;
}

/** The mail server, or the address itself, says no for good. */
export class LetterRefused extends Error {
  override readonly name = 'LetterRefused';
}

/** How many letters may be under way at once. */
export const MAIL_CONNECTIONS = 4;

const WAIT_MS = { connectionTimeout: 5000, greetingTimeout: 5000, socketTimeout: 15_000, dnsTimeout: 5000 };
const PERMANENT = 500;

/**
 * Letters over SMTP. Outside this machine the connection is encrypted, by `smtps:` or by STARTTLS.
 * @param options `url` smtp(s)://user:password@host:port; `from` the sender's address
 */
export function createMailer(options: { url: string; from: string }): Mailer {
  const url = new URL(options.url);
  const secure = url.protocol === 'smtps:';
  const transport = nodemailer.createTransport({
    pool: true,
    maxConnections: MAIL_CONNECTIONS,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    requireTLS: !secure && !isLoopback(`http://${url.host}`),
    ...(url.username !== '' && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    disableFileAccess: true,
    disableUrlAccess: true,
    ...WAIT_MS,
  });
  return {
    async send(letter) {
      if (!isMailAddress(letter.to.address)) throw new LetterRefused('not an address');
      try {
        await transport.sendMail({
          from: { address: options.from, name: oneLine(letter.sender) },
          to: { address: letter.to.address, name: oneLine(letter.to.name) },
          subject: oneLine(letter.subject),
          text: letter.text,
          html: letter.html,
          messageId: letter.messageId,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        });
      } catch (error) {
        throw refusal(error) ?? error;
      }
    },
    close: () => transport.close(),
  };
}

/** One plain mailbox (RFC 5321 §4.1.2 without quoting): nothing that ends a line or begins another address. */
export function isMailAddress(text: string): boolean {
  return (
    text.length <= 254 && /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@([a-z\d-]{1,63}\.)*[a-z\d-]{1,63}$/i.test(text)
  );
}

/** Text for a header: control characters and line ends, however they are spelt, become blanks. */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

/** A 5xx to this letter is final; one to our greeting, password or sender is for the operator to mend: it waits. */
function refusal(error: unknown): LetterRefused | undefined {
  if (!(error instanceof Error) || !('responseCode' in error)) return undefined;
  const { responseCode } = error;
  const command = 'command' in error ? String(error.command) : '';
  const aboutLetter = /^(RCPT TO|DATA)$/.test(command);
  if (typeof responseCode !== 'number' || responseCode < PERMANENT || !aboutLetter) return undefined;
  return new LetterRefused(`answered ${responseCode}`);
}
