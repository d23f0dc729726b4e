import { randomUUID } from 'node:crypto';
import { HOUR, MINUTE } from '#kit/clock.ts';
import { eventually } from '../support/eventually.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';
import { ask, asks, newestLink } from './recovery-steps.ts';
import { type RecoveryWorld, openRecoveryWorld } from './recovery-world.ts';

describe('P-07, N06: asking for a new password', () => {
  let world: RecoveryWorld;
  beforeAll(async () => {
    world = await openRecoveryWorld();
    for (const loginName of ['known', 'counted', 'host', 'capped', 'late', 'english']) {
      await world.addPerson({ loginName });
    }
    await world.addPerson({ loginName: 'gone', status: 'disabled' });
  });
  afterAll(() => world.close());
  beforeEach(() => world.db.deleteFrom('attempt_throttle').execute());

  const settled = async (): Promise<void> => {
    await eventually(async () => {
      const left = await world.db.selectFrom('password_reset_request').select('id').execute();
      expect(left).toEqual([]);
    });
  };
  const refusals = async (accountName?: string) => {
    let query = world.db
      .selectFrom('audit_event')
      .select('reason')
      .where('type', '=', 'password_reset.refused');
    if (accountName !== undefined) {
      query = query.where('account_id', '=', (of) =>
        of.selectFrom('account').select('account.id').where('login_name', '=', accountName),
      );
    }
    return (await query.orderBy('id').execute()).map((row) => row.reason);
  };

  it('leads to the same page, by the same statements, whoever is asked for', async () => {
    const cases = [
      { account: 'counted', email: 'counted@example.test' },
      { account: 'counted', email: 'somebody-else@example.test' },
      { account: 'nobody-of-this-name', email: 'nobody@example.test' },
      { account: 'gone', email: 'gone@example.test' },
      { account: ' COUNTED ', email: ' Counted@Example.Test ' },
    ];
    const outcomes = [];
    for (const typed of cases) {
      const journey = world.browse();
      await journey.open(`${world.issuer}/forgot-password`);
      const before = world.replica.database.roundTrips;
      const page = await journey.submit(asks('email'), { ...typed, captcha: '24680' });
      const statements = world.replica.database.roundTrips - before;
      outcomes.push({ status: page.status, path: page.url.pathname, html: page.html, statements });
      await settled();
    }
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    expect(outcomes[0]).toMatchObject({ status: 200, path: '/forgot-password/sent' });
    expect(await world.mailsTo('counted@example.test', 'N06')).toHaveLength(2);
    expect(await world.mailsTo('somebody-else@example.test', 'N06')).toHaveLength(0);
    expect(await world.mailsTo('gone@example.test', 'N06')).toHaveLength(0);
    expect(await refusals()).toEqual(['address_differs', 'unknown_account', 'account_disabled']);
  });

  it('mails the stored address alone, never what was typed', async () => {
    await ask(world, { account: 'known', email: 'known\uff20example.test' });
    await settled();
    expect(await world.mailsTo('known@example.test', 'N06')).toHaveLength(1);
  });

  it('takes nothing without the right captcha, and keeps what was typed', async () => {
    for (const captcha of ['11111', '', '24680\r\n1']) {
      const page = await ask(world, { account: 'known', email: 'known@example.test', captcha });
      expect(page.status).toBe(422);
      expect(page.forms.find(asks('email'))?.fields).toMatchObject({
        account: 'known',
        email: 'known@example.test',
      });
    }
    expect(await world.db.selectFrom('password_reset_request').select('id').execute()).toEqual([]);
  });

  it('uses a captcha up, whichever browser or answer', async () => {
    const journey = world.browse();
    await ask(world, { account: 'known', email: 'x@example.test' }, journey);
    const fields = new URLSearchParams({ account: 'known', email: 'x@example.test', captcha: '24680' });
    const send = (cookie: string) =>
      fetch(`${world.issuer}/forgot-password`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: world.issuer, cookie },
        body: fields,
      });
    const own = journey.jar.header(new URL(`${world.issuer}/forgot-password`));
    for (const cookie of [own, '', 'idp_recovery=', `idp_recovery=${'A'.repeat(32)}`]) {
      expect((await send(cookie)).status).toBe(422);
    }
  });

  it('draws a new picture, speaks it, and keeps what was typed', async () => {
    const journey = world.browse();
    const first = await journey.open(`${world.issuer}/forgot-password`);
    const page = await journey.submit(asks('email'), { account: 'a', email: 'b@example.test' }, (button) =>
      Boolean(button.formAction),
    );
    expect(page.forms.find(asks('email'))?.fields).toMatchObject({ account: 'a', email: 'b@example.test' });
    const sources = (html: string) =>
      [...html.matchAll(/src="(\/forgot-password\/[^"]+)"/g)].map(([, url]) => url);
    expect(sources(page.html)).not.toEqual(sources(first.html));
    const cookie = journey.jar.header(new URL(`${world.issuer}/forgot-password/x`));
    for (const [url, type] of [
      ['/forgot-password/captcha.png', 'image/png'],
      ['/forgot-password/captcha.wav', 'audio/wav'],
    ]) {
      const media = await fetch(`${world.issuer}${url}`, { headers: { cookie } });
      expect([media.status, media.headers.get('content-type')]).toEqual([200, type]);
      expect((await fetch(`${world.issuer}${url}`)).status).toBe(404);
    }
  });

  it('D11: the link has the configured origin, whatever the request says of its host', async () => {
    const journey = world.browse();
    await journey.open(`${world.issuer}/forgot-password`);
    const cookie = journey.jar.header(new URL(`${world.issuer}/forgot-password`));
    const body = new URLSearchParams({ account: 'host', email: 'host@example.test', captcha: '24680' });
    const headers = {
      ...FORM,
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
      origin: world.issuer,
      cookie,
    };
    const { status } = await rawRequest(world.issuer, 'POST', '/forgot-password', {
      headers,
      body: body.toString(),
    });
    expect(status).toBe(303);
    await settled();
    expect(await newestLink(world, 'host')).toMatch(
      new RegExp(`^${world.issuer}/password-reset\\?token=[\\w-]{43}$`),
    );
  });

  it('refuses a form of another origin', async () => {
    const answer = await fetch(`${world.issuer}/forgot-password`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ account: 'known', email: 'known@example.test', captcha: '24680' }),
    });
    expect(answer.status).toBe(403);
  });

  it('D23: a flood for one person from many browsers sends three mails an hour', async () => {
    const email = 'capped@example.test';
    await Promise.all(Array.from({ length: 20 }, () => ask(world, { account: 'capped', email })));
    await settled();
    expect(await world.mailsTo(email, 'N06')).toHaveLength(3);
    expect((await refusals('capped')).filter((reason) => reason === 'too_many_requests')).toHaveLength(17);
    world.pass(HOUR + MINUTE);
    await ask(world, { account: 'capped', email });
    await settled();
    expect(await world.mailsTo(email, 'N06')).toHaveLength(4);
  });

  it('stops one caller who asks for one person after another, for a while', async () => {
    const statuses = [];
    for (let each = 0; each < 32; each += 1) {
      statuses.push((await ask(world, { account: randomUUID(), email: 'x@example.test' })).status);
    }
    expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 200));
    expect(statuses.slice(30)).toEqual([429, 429]);
    world.pass(11 * MINUTE);
    expect((await ask(world, { account: 'x', email: 'x@example.test' })).status).toBe(200);
  });

  it('writes the mail in the language of the page first', async () => {
    const journey = world.browse({ locale: 'en' });
    await ask(world, { account: 'english', email: 'english@example.test' }, journey);
    await settled();
    const row = await world.db
      .selectFrom('mail_message')
      .innerJoin('account', 'account.id', 'mail_message.account_id')
      .select('mail_message.locale')
      .where('login_name', '=', 'english')
      .executeTakeFirst();
    expect(row?.locale).toBe('en');
  });

  it('over TLS its cookie goes nowhere else and no script reads it', async () => {
    const secured = await openRecoveryWorld({
      IDP_ISSUER: 'https://portal.example.test',
      CAPTCHA_FIXED: undefined,
    });
    const answer = await fetch(`http://127.0.0.1:${secured.replica.port}/forgot-password`);
    await secured.close();
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Secure-idp_recovery=[\w-]{32}; path=\/forgot-password; samesite=lax; secure; httponly$/i,
      ),
    ]);
  });

  it('keeps no name, address or token that can be read', async () => {
    await ask(world, { account: 'late', email: 'late@example.test' });
    await settled();
    const token = new URL(await newestLink(world, 'late')).searchParams.get('token') ?? '';
    for (const table of [
      'mail_message',
      'password_reset',
      'password_reset_request',
      'audit_event',
    ] as const) {
      const rows = await world.db.selectFrom(table).selectAll().execute();
      const dump = JSON.stringify(rows, (_key, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
      );
      expect(dump).not.toContain('@example.test');
      expect(dump).not.toContain(token);
    }
  });
});
