import { z } from 'zod';
import { isMailAddress } from '#kit/mail.ts';
import { SECRET, section } from '#kit/settings.ts';

export const mail = section({
  title: 'Mail',
  settings: {
    MAIL_URL: z
      .url({ protocol: /^smtps?$/, hostname: /./ })
      .optional()
      .describe(
        '`smtp://` or `smtps://user:password@host:port`; encrypted outside loopback; needed in production; without it mails wait in the database',
      )
      .meta(SECRET),
    MAIL_FROM: z
      .string()
      .refine(isMailAddress, 'must be one plain address')
      .optional()
      .describe("the sender's address; `no-reply@` the issuer without it"),
  },
});
