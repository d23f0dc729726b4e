import { setTimeout as sleep } from 'node:timers/promises';
import { FIXED_CAPTCHA } from '../test/support/journey.ts';
import { openMailSink } from '../test/support/mail-sink.ts';
import { Connection } from './connection.ts';
import { loginNameOf } from './people.ts';
import { startBenchWorld } from './world.ts';

const USUAL_SECONDS = 30;
const EVERY_MS = 250;
const MAIL_EVERY = 4;
/** What a busy machine may add to a median. */
const NOISE_MS = 5;
/** A mail tried last as the server came back waits this long at most. */
const LAST_MS = 150_000;
const PAGES = ['/', '/announcements', '/questions', '/forgot-password'];

/**
 * The mail server gone for a while: how long pages take before and meanwhile, that of one which writes a mail too, and
 * how often each mail came in the end.
 * @returns whether the medians meanwhile are at most half as much again and 5 ms, and each mail came once
 */
export async function benchOutage(seconds: number): Promise<boolean> {
  const asked = Math.ceil(((USUAL_SECONDS + seconds) * 1000) / EVERY_MS / MAIL_EVERY) + 2;
  const sink = await openMailSink();
  const settings = { MAIL_URL: sink.url, MAIL_FROM: 'no-reply@example.test', IDP_TRUSTED_PROXY_HOPS: '1' };
  const world = await startBenchWorld(asked, { settings });
  const sent: string[] = [];
  const connection = new Connection(world.issuer);

  /** Milliseconds of the pages, and of the form that leads to a mail. */
  const visit = async (forSeconds: number): Promise<{ pages: number[]; forms: number[] }> => {
    const times = { pages: [] as number[], forms: [] as number[] };
    const end = performance.now() + forSeconds * 1000;
    for (let turn = 0; performance.now() < end; turn += 1) {
      const from = performance.now();
      const page = await connection.send(PAGES[turn % PAGES.length] ?? '/');
      times.pages.push(performance.now() - from);
      if (page.status !== 200) throw new Error(`a page answered ${page.status}`);
      if (turn % MAIL_EVERY === MAIL_EVERY - 1) times.forms.push(await ask());
      await sleep(EVERY_MS);
    }
    return times;
  };
  const ask = async (): Promise<number> => {
    const account = loginNameOf(sent.length);
    const email = `${account}@example.test`;
    sent.push(email);
    await connection.send('/forgot-password');
    const headers = { origin: world.issuer, 'x-forwarded-for': `192.0.2.${sent.length % 250}` };
    const from = performance.now();
    const form = { account, email, captcha: FIXED_CAPTCHA };
    const { status } = await connection.send('/forgot-password', headers, form);
    if (status !== 303) throw new Error(`the form answered ${status}`);
    return performance.now() - from;
  };

  try {
    await visit(2);
    const usual = await visit(USUAL_SECONDS);
    await sink.stop();
    const meanwhile = await visit(seconds);
    const atOnce = sink.mails.length;
    await sink.start();
    const began = performance.now();
    while (sink.mails.length < sent.length && performance.now() - began < LAST_MS) await sleep(200);
    const took = (performance.now() - began) / 1000;
    await sleep(3000); // a second copy would come now
    const came = sink.mails.map(({ to }) => to.join()).toSorted();
    const isOnce = came.join() === sent.toSorted().join();
    const [before, during] = [median(usual.pages), median(meanwhile.pages)];
    const [formBefore, formDuring] = [median(usual.forms), median(meanwhile.forms)];
    const isUsual = during <= before * 1.5 + NOISE_MS && formDuring <= formBefore * 1.5 + NOISE_MS;
    process.stdout.write(
      `mail server away for ${seconds} s: pages ${before.toFixed(1)} ms before, ${during.toFixed(1)} ms meanwhile; ` +
        `the form that writes a mail ${formBefore.toFixed(1)} and ${formDuring.toFixed(1)} ms (medians of ` +
        `${usual.pages.length}, ${meanwhile.pages.length}, ${usual.forms.length}, ${meanwhile.forms.length}); ` +
        `${sent.length} mails written, ${atOnce} sent before it went, ${came.length} received ${took.toFixed(0)} s ` +
        `after it was back, each ${isOnce ? 'once' : 'NOT ONCE'}; ${isUsual && isOnce ? 'holds' : 'DOES NOT HOLD'}\n`,
    );
    return isUsual && isOnce;
  } finally {
    connection.close();
    await world.stop();
    await sink.stop();
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
