/*
 * A program that serves as ours do and misbehaves on request, for tests of what becomes of it: the life, the limits and
 * the workers are the product's own.
 *
 *   PORT=… DRAIN_MS=… [HANG_MS=… COUNT=… HEAP_MB=…] node test/support/served-program.ts [primary|broken]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { watchEventLoop } from '#kit/event-loop.ts';
import { serve } from '#kit/http/serve.ts';
import { endWhenAsked } from '#kit/life.ts';
import { createLog } from '#kit/log.ts';
import { runPrimary } from '#kit/processes/primary.ts';
import { sayReady } from '#kit/processes/worker.ts';

const { env } = process;
const number = (name: string, fallback: number): number => Number(env[name] ?? fallback);
const log = createLog('served-program', 'info');

if (process.argv.includes('primary')) {
  const options = {
    file: import.meta.filename,
    count: number('COUNT', 2),
    hangMs: number('HANG_MS', 15_000),
    heapMb: number('HEAP_MB', 256),
    stopMs: number('DRAIN_MS', 0) + 12_000,
  };
  process.exit(await runPrimary(options, log));
}
if (env['BROKEN'] === 'at once') process.exit(70);
if (env['BROKEN'] === 'by a setting') {
  process.stderr.write('A setting that cannot work.\n');
  process.exit(1);
}

let stopping = false;
const loop = watchEventLoop({ onBlocked: (ms) => log.error({ ms }, 'the event loop stood still') });
const kept: unknown[] = [];

const serving = await serve(
  (req, res) => {
    const url = new URL(req.url ?? '/', 'http://localhost');
    const ms = Number(url.searchParams.get('ms') ?? 0);
    const answer = (text: string, status = 200): void => {
      if (res.headersSent) return;
      res.writeHead(status, { 'content-type': 'text/plain' });
      res.end(text);
    };
    switch (url.pathname) {
      case '/readyz':
        return answer(
          stopping || loop.wasBlockedLately() ? 'no' : 'yes',
          stopping || loop.wasBlockedLately() ? 503 : 200,
        );
      case '/slow':
        return void sleep(ms).then(() => answer('slow'));
      case '/block':
        for (const until = Date.now() + ms; Date.now() < until;);
        return answer('blocked');
      case '/reject':
        return void sleep(5).then(() => Promise.reject(new Error('nobody looks here')));
      case '/throw-in-a-timer':
        return void setTimeout(() => {
          throw new Error('a timer threw');
        }, 5);
      case '/leak':
        for (;;) kept.push(Array.from({ length: 100_000 }, () => ({ at: Math.random() })));
      default:
        return answer(String(process.pid));
    }
  },
  number('PORT', 0),
  '127.0.0.1',
);
endWhenAsked(
  {
    hurry: () => serving.hurry(),
    stop: (options) => {
      stopping = true;
      return serving.stop(options);
    },
  },
  log,
  { drainMs: number('DRAIN_MS', 0) },
);
sayReady({ port: serving.port });
