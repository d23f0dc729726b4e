import { generateKeyPairSync, sign } from 'node:crypto';
import argon2 from 'argon2';
import pg from 'pg';
import { startReplica } from '../test/support/replica.ts';
import { Connection } from './connection.ts';
import { type Measurement, measure } from './measure.ts';
import { expectOk } from './party.ts';

export interface Limit {
  key: 'node-http' | 'es256' | 'argon2' | 'commits' | 'selects';
  name: string;
  /** A second. */
  rate: number;
}

const IN_FLIGHT = 8;

/** What this machine can do at all, measured beside everything else. */
export async function measureLimits(databaseUrl: string, durationMs: number): Promise<Limit[]> {
  const hello = await measureHello(durationMs);
  return [
    { key: 'node-http', name: 'raw node:http, 16 connections', rate: hello.rate },
    { key: 'es256', name: 'ES256 signatures, one core', rate: signatures(durationMs / 2) },
    { key: 'argon2', name: 'argon2id at the cost in use', rate: await hashes(durationMs) },
    {
      key: 'commits',
      name: 'PostgreSQL inserts with their commit, 8 in flight',
      rate: await statements(databaseUrl, 'insert into bench_row (value) values ($1)', durationMs),
    },
    {
      key: 'selects',
      name: 'PostgreSQL selects by key, 8 in flight',
      rate: await statements(databaseUrl, 'select value from bench_row where id = $1::int', durationMs),
    },
  ];
}

async function measureHello(durationMs: number): Promise<Measurement> {
  const hello = await startReplica(['bench/hello.ts'], {});
  const origin = `http://localhost:${String(hello.message['port'])}`;
  const connections = Array.from({ length: 16 }, () => new Connection(origin));
  try {
    const workers = connections.map((connection) => async () => {
      expectOk(await connection.send('/'));
    });
    return await measure({ workers, warmUpMs: 500, durationMs, processes: { server: hello.pid } });
  } finally {
    for (const connection of connections) connection.close();
    await hello.kill();
  }
}

function signatures(durationMs: number): number {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const data = Buffer.alloc(300, 1);
  const end = performance.now() + durationMs;
  let made = 0;
  for (; performance.now() < end; made += 1) sign('sha256', data, privateKey);
  return (made / durationMs) * 1000;
}

/** As many at once as there are cores. */
async function hashes(durationMs: number): Promise<number> {
  const cost = hashCost();
  let made = 0;
  const end = performance.now() + durationMs;
  const began = performance.now();
  await Promise.all(
    [1, 2].map(async () => {
      for (; performance.now() < end; made += 1) {
        await argon2.hash('a password', { type: 2, parallelism: 1, ...cost });
      }
    }),
  );
  return (made / (performance.now() - began)) * 1000;
}

export function hashCost(): { memoryCost: number; timeCost: number } {
  return {
    memoryCost: Number(process.env['ARGON2_MEMORY_KIB'] ?? 19_456),
    timeCost: Number(process.env['ARGON2_TIME'] ?? 2),
  };
}

async function statements(databaseUrl: string, text: string, durationMs: number): Promise<number> {
  const url = databaseUrl.replace(/\/\w+\?/, '/postgres?');
  const clients = await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  await clients[0]?.query(
    'create table if not exists bench_row (id int generated always as identity primary key, value int)',
  );
  let done = 0;
  const began = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (; performance.now() < began + durationMs; done += 1) {
        await client.query({ name: 'limit', text, values: [1 + (done % 1000)] });
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(clients.map((client) => client.end()));
  return done / seconds;
}
