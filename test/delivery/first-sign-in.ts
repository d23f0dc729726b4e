import { setTimeout as sleep } from 'node:timers/promises';
import { generateSync } from 'otplib';
import pg from 'pg';
import { createJourney } from '../support/journey.ts';

/**
 * Signs somebody in for the first time, as a browser would, against an installation in production: reads the captcha
 * where the server keeps it, sets up a second factor, changes the first password, and enters. Arguments: issuer,
 * login name, first password, new password, the MCH system's address. DATABASE_URL is the identity provider's.
 */
const [issuer = '', account = '', password = '', chosen = '', mch = ''] = process.argv.slice(2);
const database = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
await database.connect();
const journey = createJourney();
await journey.open(`${issuer}/sign-in`);
const { rows } = await database.query<{ answer: string }>(
  'select answer from captcha_challenge order by expires_at desc limit 1',
);
await database.end();
const captcha = rows[0]?.answer ?? '';
let page = await journey.submit((form) => 'captcha' in form.fields, { account, password, captcha });
const secret = /\b((?:[A-Z2-7]{4} ?){8})\b/.exec(page.text)?.[1]?.replaceAll(' ', '') ?? '';
page = await journey.submit((form) => 'code' in form.fields, { code: generateSync({ secret }) });
page = await journey.submit((form) => 'new_password' in form.fields, {
  new_password: chosen,
  repeat_password: chosen,
});
const portal = {
  status: page.status,
  url: page.url.href,
  isAdministrator: page.text.includes('系統管理設定'),
};
page = await journey.open(`${issuer}/console`);
const console = { status: page.status, url: page.url.href };
await sleep(10);
page = await journey.open(`${mch}/sign-in`); // an administrator has no account there: the single entry says so
const secondSystem = { status: page.status, url: page.url.href };
process.stdout.write(`${JSON.stringify({ portal, console, secondSystem, secret })}\n`);
