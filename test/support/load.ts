import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadOptions {
  port: number;
  path: string;
  /** Connections kept open, each asking again as soon as it is answered. */
  connections: number;
  headers?: Record<string, string>;
  /** Between an answer and the next question. */
  pauseMs?: number;
  /** What counts as an answer; every status below 500 unless told. */
  accepts?: (status: number) => boolean;
}

export interface LoadResult {
  answered: number;
  perSecond: number;
  /** What went wrong, each in a word. */
  failures: string[];
  p50: number;
  p99: number;
  max: number;
}

export interface Load {
  stop(): Promise<LoadResult>;
}

/** Asks for one path without pause over kept-open connections until stopped. */
export function startLoad({
  port,
  path,
  connections,
  headers = {},
  pauseMs = 0,
  accepts = (s) => s < 500,
}: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  const failures: string[] = [];
  const begun = performance.now();
  const running = new AbortController();
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const at = performance.now();
      const failed = (why: string): void => {
        failures.push(why);
        resolve();
      };
      get({ port, path, agent, headers, host: '127.0.0.1' }, (res) => {
        res.resume();
        res.on('error', (error) => failed(error.message));
        res.on('end', () => {
          if (!accepts(res.statusCode ?? 0)) return failed(String(res.statusCode));
          times.push(performance.now() - at);
          resolve();
        });
      }).on('error', (error) => failed(error.message));
    });
  const lanes = Array.from({ length: connections }, async () => {
    while (!running.signal.aborted) {
      await one();
      if (pauseMs > 0) await sleep(pauseMs);
    }
  });
  return {
    async stop() {
      running.abort();
      await Promise.all(lanes);
      agent.destroy();
      const sorted = times.toSorted((a, b) => a - b);
      const at = (share: number): number =>
        Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
      const seconds = (performance.now() - begun) / 1000;
      return {
        answered: times.length,
        perSecond: Math.round(times.length / seconds),
        failures,
        p50: at(0.5),
        p99: at(0.99),
        max: at(0.9999),
      };
    },
  };
}
