import { createLog } from '#kit/log.ts';
import { insertNotice, sendNotices } from '#mch/notices/index.ts';
import { HOSPITAL, type Mch, startMch } from './support/mch.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

const queue = (dedupeKey: string) =>
  mch.database.db.transaction().execute((trx) =>
    insertNotice(trx, {
      dedupeKey,
      accountId: HOSPITAL.id,
      subject: { 'zh-TW': '通知', en: 'Notice' },
      body: { 'zh-TW': '內容', en: 'Text' },
      path: '/',
      link: `${mch.origin}/`,
      at: mch.clock.now(),
    }),
  );

const outcomes = async () => {
  const rows = await mch.database.db
    .selectFrom('inbox_notice')
    .select(['dedupe_key', 'outcome', 'attempts'])
    .execute();
  return Object.fromEntries(rows.map((row) => [row.dedupe_key, [row.outcome, row.attempts]]));
};

const deps = (statuses: (number | Error)[], sent: string[] = []) => ({
  db: mch.database.db,
  clock: mch.clock.now,
  log: createLog('test', 'silent'),
  api: {
    post: (_path: string, _scope: string, body: unknown) => {
      sent.push((body as { dedupe_key: string }).dedupe_key);
      const next = statuses.length > 1 ? statuses.shift() : statuses[0];
      if (next instanceof Error) return Promise.reject(next);
      return Promise.resolve({ status: next ?? 201, body: {}, retryAfterSeconds: undefined });
    },
  },
});

describe('notices', () => {
  it('N13: are sent once, however many replicas send', async () => {
    await queue('once');
    await queue('once');
    const sent: string[] = [];
    await Promise.all(Array.from({ length: 6 }, () => sendNotices(deps([201], sent))));
    expect(sent).toEqual(['once']);
    expect((await outcomes())['once']).toEqual(['sent', 1]);
  });

  it('are tried again while the single entry is away, for a day, and never when it refuses', async () => {
    await queue('refused');
    await sendNotices(deps([422]));
    expect((await outcomes())['refused']).toEqual(['refused', 1]);
    await queue('later');
    await sendNotices(deps([new Error('away')]));
    expect((await outcomes())['later']).toEqual([null, 1]);
    mch.clock.advance(3);
    await sendNotices(deps([503]));
    expect((await outcomes())['later']).toEqual([null, 2]);
    mch.clock.advance(86_400);
    await sendNotices(deps([503]));
    expect((await outcomes())['later']).toEqual(['given_up', 3]);
  });
});
