import { performance } from 'node:perf_hooks';
import { eventually } from '../support/eventually.ts';
import { type MailSink, openMailSink, plainTextOf } from '../support/mail-sink.ts';
import { ask } from './recovery-steps.ts';
import { type RecoveryWorld, openRecoveryWorld } from './recovery-world.ts';

const PEOPLE = Array.from({ length: 12 }, (_each, at) => `person${at}`);

describe('the mail server down for a moment', () => {
  let sink: MailSink;
  let world: RecoveryWorld;
  beforeAll(async () => {
    sink = await openMailSink();
    world = await openRecoveryWorld({ MAIL_URL: sink.url, MAIL_FROM: 'no-reply@portal.example.test' });
    for (const loginName of PEOPLE) await world.addPerson({ loginName });
  });
  afterAll(async () => {
    await world.close();
    await sink.stop();
  });

  /** Milliseconds each page took to take the request. */
  const askForAll = async (people: string[]): Promise<number[]> => {
    const times: number[] = [];
    for (const account of people) {
      const from = performance.now();
      const page = await ask(world, { account, email: `${account}@example.test` });
      times.push(performance.now() - from);
      expect(page.status).toBe(200);
    }
    return times.sort((a, b) => a - b);
  };
  const median = (times: number[]): number => times[Math.floor(times.length / 2)] ?? Number.NaN;

  it('every page answers within its usual time, and each mail arrives once afterwards', async () => {
    const usual = await askForAll(PEOPLE.slice(0, 4));
    await eventually(() => expect(sink.mails).toHaveLength(4));

    await sink.stop();
    const meanwhile = await askForAll(PEOPLE.slice(4));
    expect(median(meanwhile)).toBeLessThan(median(usual) * 3 + 100);
    await eventually(async () => {
      const rows = await world.db.selectFrom('mail_message').select(['attempts', 'sent_at']).execute();
      expect(rows.filter((row) => row.sent_at === null && row.attempts > 0)).toHaveLength(8);
    });

    await sink.start();
    await eventually(() => expect(sink.mails).toHaveLength(PEOPLE.length), 15_000);
    const recipients = sink.mails.map((mail) => mail.to.join());
    expect(new Set(recipients)).toEqual(new Set(PEOPLE.map((name) => `${name}@example.test`)));
    for (const mail of sink.mails) {
      expect(plainTextOf(mail.raw)).toContain(`${world.issuer}/password-reset?token=`);
    }
    await eventually(async () => {
      const left = await world.db
        .selectFrom('mail_message')
        .selectAll()
        .where('sent_at', 'is', null)
        .execute();
      expect(left).toEqual([]);
    });
    // what was sent is not kept
    const kept = await world.db.selectFrom('mail_message').select('content_sealed').execute();
    expect(kept.every((row) => row.content_sealed === null)).toBe(true);
  });

  it('does not show mails outside the demo', async () => {
    expect((await fetch(`${world.issuer}/demo/mailbox`)).status).toBe(404);
  });
});

describe('the demo’s mailbox', () => {
  let world: RecoveryWorld;
  beforeAll(async () => {
    world = await openRecoveryWorld({ IDP_DEMO: '1' });
    await world.addPerson({ loginName: 'reader' });
  });
  afterAll(() => world.close());

  it('shows what was written, leads on by its link, and lets a letter run nothing', async () => {
    const journey = world.browse({ locale: 'zh-TW' });
    expect((await journey.open(`${world.issuer}/demo/mailbox`)).text).toContain('目前沒有信件');
    const sent = await ask(world, { account: 'reader', email: 'reader@example.test' }, journey);
    expect(sent.html).toContain('href="/demo/mailbox"');
    let box = await journey.open(`${world.issuer}/demo/mailbox`);
    await eventually(async () => {
      box = await journey.open(`${world.issuer}/demo/mailbox`);
      expect(box.text).toContain('變更密碼通知信');
    });
    const letterUrl = /href="(\/demo\/mailbox\/\d+)"/.exec(box.html)?.[1] ?? '';
    const letter = await journey.open(`${world.issuer}${letterUrl}`);
    expect(letter.text).toContain('reader@example.test');
    const link = /href="([^"]*password-reset[^"]*)"/.exec(letter.html)?.[1]?.replaceAll('&#x3D;', '=');
    expect((await journey.open(link ?? '')).text).toContain('設定新密碼');

    const html = await fetch(`${world.issuer}${letterUrl}/html`);
    expect(html.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src-attr 'unsafe-inline'; frame-ancestors 'none'; sandbox",
    );
    expect(await html.text()).toContain('更新密碼請點我');
    for (const path of ['/0', '/x', '/99999999999999999999', '/1%27/html']) {
      expect((await fetch(`${world.issuer}/demo/mailbox${path}`)).status).toBe(404);
    }
  });
});
