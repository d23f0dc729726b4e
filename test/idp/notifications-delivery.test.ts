import { createLog } from '#kit/log.ts';
import { type Mailer, createMailer } from '#kit/mail.ts';
import {
  RECIPIENT_CAP,
  deliverMails,
  describeDeadLetters,
  queueMail,
  resendDeadLetter,
} from '#idp/notifications/index.ts';
import { type MailSink, headersOf, openMailSink, plainTextOf } from '../support/mail-sink.ts';
import { type TestDatabase, keyring, openTestDatabase } from './sign-in-people.ts';

describe('the outbox of mails', () => {
  let database: TestDatabase;
  let sink: MailSink;
  let mailer: Mailer;
  let serial = 0;
  beforeAll(async () => {
    [database, sink] = await Promise.all([openTestDatabase(), openMailSink()]);
    mailer = createMailer({ url: sink.url, from: 'no-reply@portal.example.test' });
  });
  afterEach(async () => {
    sink.refuse.clear();
    sink.mails.length = 0;
    await database.db.deleteFrom('mail_message').execute();
  });
  afterAll(async () => {
    mailer.close();
    await sink.stop();
    await database.close();
  });

  const queue = async (
    address?: string,
    dedupeKey?: string,
    name = '測試 收件人',
    goodUntil?: Date,
  ): Promise<string> => {
    serial += 1;
    const key = dedupeKey ?? `test:${serial}`;
    const to = { address: address ?? `person-${serial}@example.test`, name };
    const params = { loginName: 'demo.nurse', reason: `number ${serial}` };
    await database.db
      .transaction()
      .execute((trx) =>
        queueMail(trx, keyring, { kind: 'N11', to, params, dedupeKey: key, ...(goodUntil && { goodUntil }) }),
      );
    return key;
  };
  const work = (pool = 0, clock = () => new Date()): Promise<void> => {
    const { db } = database.pools[pool] ?? database.pools[0];
    const log = createLog('test', 'silent');
    return deliverMails({ db, keyring, clock, log, mailer, host: 'portal.example.test', keepContent: false });
  };
  /** As if the time of the next try had come, and whoever held it were gone. */
  const comeDue = () =>
    database.db
      .updateTable('mail_message')
      .set({ next_attempt_at: new Date(0), leased_until: null })
      .where('sent_at', 'is', null)
      .execute();
  const row = (key: string) =>
    database.db
      .selectFrom('mail_message')
      .selectAll()
      .where('dedupe_key', '=', key)
      .executeTakeFirstOrThrow();

  it('sends one mail for one event, as text and HTML, and keeps nothing of what it said', async () => {
    const key = await queue('one@example.test');
    await queue('one@example.test', key);
    expect((await row(key)).content_sealed?.toString('latin1')).not.toContain('one@example');
    await work();
    await work();
    expect(sink.mails).toHaveLength(1);
    const [mail] = sink.mails;
    const headers = new Map(headersOf(mail?.raw ?? ''));
    expect(mail).toMatchObject({ from: 'no-reply@portal.example.test', to: ['one@example.test'] });
    expect(headers.get('content-type')).toMatch(/^multipart\/alternative/);
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('message-id')).toMatch(/^<[0-9a-f]{40}@portal\.example\.test>$/);
    expect(plainTextOf(mail?.raw ?? '')).toContain('您的帳號已停用');
    expect(await row(key)).toMatchObject({ content_sealed: null, attempts: 1, last_error: null });
  });

  it('writes no mail for a deed undone', async () => {
    const undone = database.db.transaction().execute(async (trx) => {
      const params = { loginName: 'x', reason: '' };
      const to = { address: 'x@example.test', name: 'x' };
      await queueMail(trx, keyring, { kind: 'N11', to, params, dedupeKey: 'undone' });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await work();
    expect(sink.mails).toHaveLength(0);
  });

  it('sends each mail once when two replicas work at once', async () => {
    for (let each = 0; each < 30; each += 1) await queue();
    await Promise.all([work(0), work(1), work(0), work(1)]);
    await work();
    expect(new Set(sink.mails.map((mail) => mail.to[0])).size).toBe(30);
    expect(sink.mails).toHaveLength(30);
  });

  it('loses nothing while the mail server is away, and sends nothing twice when it is back', async () => {
    const keys = await Promise.all([queue(), queue(), queue()]);
    await sink.stop();
    await work();
    for (const key of keys) {
      expect(await row(key)).toMatchObject({ sent_at: null, dead_at: null, attempts: 1 });
    }
    const waits = (await row(keys[0] ?? '')).next_attempt_at.getTime() - Date.now();
    expect(waits).toBeGreaterThan(500);
    expect(waits).toBeLessThan(3000);
    await sink.start();
    await comeDue();
    await Promise.all([work(0), work(1)]);
    await comeDue();
    await work();
    expect(sink.mails).toHaveLength(3);
  });

  it.each([
    ['CONNECT', '421 come back later'],
    ['MAIL', '550 not from you'],
    ['RCPT', '450 greylisted'],
    ['DATA', '451 not now'],
    ['TAKEN', '452 no room'],
  ])('tries again after %s says %s', async (command, answer) => {
    const key = await queue();
    await sink.stop(); // no connection is left from before
    await sink.start();
    sink.refuse.set(command, answer);
    await work();
    expect(await row(key)).toMatchObject({ sent_at: null, dead_at: null });
    sink.refuse.clear();
    sink.mails.length = 0;
    await comeDue();
    await work();
    expect(sink.mails).toHaveLength(1);
    expect((await row(key)).sent_at).not.toBeNull();
  });

  it.each([
    ['RCPT', '550 nobody@example.test unknown'],
    ['TAKEN', '554 refused'],
  ])('gives up at once after %s says %s, and keeps the letter for the operator', async (command, answer) => {
    const key = await queue();
    sink.refuse.set(command, answer);
    await work();
    const dead = await row(key);
    expect(dead.dead_at).not.toBeNull();
    expect(dead.last_error).toBe(`answered ${answer.slice(0, 3)}`);
    expect(await describeDeadLetters(database.db)).toContain(`${dead.id}\tN11\t`);
    await comeDue();
    sink.refuse.clear();
    sink.mails.length = 0;
    await work();
    expect(sink.mails).toHaveLength(0);

    await resendDeadLetter(database.db, String(dead.id), 'the mailbox exists now');
    await work();
    expect(sink.mails).toHaveLength(1);
    await expect(resendDeadLetter(database.db, String(dead.id), 'again')).rejects.toThrow('no dead letter');
  });

  it('goes on trying for a day, then gives up', async () => {
    const key = await queue();
    await sink.stop();
    const ago = new Date(Date.now() - 25 * 3600_000);
    await database.db.updateTable('mail_message').set({ created_at: ago }).execute();
    await work();
    expect((await row(key)).dead_at).not.toBeNull();
    await sink.start();
  });

  it('R17: a letter whose link works no longer is not sent late', async () => {
    const soon = new Date(Date.now() + 60_000);
    const key = await queue(undefined, undefined, undefined, soon);
    await sink.stop();
    await work();
    await sink.start();
    await comeDue();
    await work(0, () => new Date(soon.getTime() + 1000));
    expect(sink.mails).toHaveLength(0);
    expect(await row(key)).toMatchObject({ sent_at: null, last_error: 'came too late' });
    expect((await row(key)).dead_at).not.toBeNull();
  });

  it('is known by the same message id when the server took a mail but its answer was lost', async () => {
    await queue();
    sink.refuse.set('TAKEN', 'hang up');
    await work();
    sink.refuse.clear();
    await comeDue();
    await work();
    const ids = sink.mails.map((mail) => new Map(headersOf(mail.raw)).get('message-id'));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('D23: one recipient gets so many mails an hour and no more; the rest wait, others do not', async () => {
    for (let each = 0; each < 100; each += 1) await queue('flooded@example.test');
    await queue('Flooded@example.test');
    await queue('other@example.test');
    await Promise.all([work(0), work(1)]);
    await work();
    const to = (address: string) => sink.mails.filter((mail) => mail.to[0] === address).length;
    expect(to('flooded@example.test')).toBe(RECIPIENT_CAP);
    expect(to('other@example.test')).toBe(1);

    const ago = new Date(Date.now() - 3601_000);
    await database.db
      .updateTable('mail_message')
      .set({ sent_at: ago })
      .where('sent_at', 'is not', null)
      .execute();
    await work();
    expect(to('flooded@example.test')).toBe(2 * RECIPIENT_CAP);
  });

  it.each([
    'a@example.test\r\nBcc: b@example.test',
    'a@example.test, b@example.test',
    'a@example.test>\r\nRCPT TO:<b@example.test',
    '"a b"@example.test',
    'a\uff20example.test',
    'a@example.test\u2028x',
    '',
  ])('I7: never writes to %j', async (address) => {
    const key = await queue(address);
    await work();
    expect(sink.mails).toHaveLength(0);
    expect(await row(key)).toMatchObject({ last_error: 'not an address' });
  });

  it('I7: a name with line ends makes no header of its own', async () => {
    const hostile = 'A\r\nBcc: victim@example.test\r\n\r\nbody\u2028X-Evil: 1\u0000';
    await queue('i7@example.test', undefined, hostile);
    await work();
    expect(sink.mails).toHaveLength(1);
    const [mail] = sink.mails;
    expect(mail?.to).toEqual(['i7@example.test']);
    const names = headersOf(mail?.raw ?? '').map(([name]) => name);
    expect(names.sort()).toEqual([
      'auto-submitted',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
      'x-auto-response-suppress',
    ]);
  });

  it('cannot be read, or moved to another mail, without the key', async () => {
    const [one, other] = [await queue(), await queue()];
    const stolen = (await row(one)).content_sealed;
    await database.db
      .updateTable('mail_message')
      .set({ content_sealed: stolen })
      .where('dedupe_key', '=', other)
      .execute();
    await work();
    expect(sink.mails).toHaveLength(1);
    expect((await row(other)).sent_at).toBeNull();
  });
});
