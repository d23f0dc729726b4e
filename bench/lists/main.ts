import { freePort, startReplica } from '../../test/support/replica.ts';
import { createJourney, signIn } from '../../test/support/journey.ts';
import { Connection } from '../connection.ts';
import { askedPopulation, askedRounds } from '../population/options.ts';
import { openPopulation } from '../population/world.ts';
import { listAddresses } from './addresses.ts';
import { type Timed, passes, toTimesTable } from './report.ts';

/*
 * npm run bench -- lists [--rounds 15] [--only PATH] [the population's own options]
 *
 * Every page of the console without parameters in its path, and lists with the filters of labels/cases.json and two
 * further pages each, asked for one after the other over one connection. Fails where a median is above 150 ms.
 */
const LIMIT_MS = 150;
const PAGES = 2;
const { rounds, only } = askedRounds();

const world = await openPopulation(askedPopulation(), (text) => process.stderr.write(`${text}\n`));
const port = await freePort();
const issuer = `http://localhost:${port}`;
const replica = await startReplica(['idp/main.ts'], {
  ...world.env,
  IDP_PORT: String(port),
  IDP_ISSUER: issuer,
});
try {
  const browser = createJourney();
  await browser.open(`${issuer}/sign-in`);
  await signIn(browser, 'demo.hpa');
  const connection = new Connection(issuer);
  const headers = { cookie: browser.jar.header(new URL(issuer)) };
  const results: Timed[] = [];
  for (const address of listAddresses().filter((each) => each.includes(only))) {
    let next: string | undefined = address;
    for (let page = 0; page <= PAGES && next !== undefined; page += 1) {
      const timed = await time(connection, next, headers);
      results.push({ ...timed, name: page === 0 ? address : `${address} (page ${page + 1})` });
      next = timed.next;
    }
  }
  connection.close();
  process.stdout.write(`${toTimesTable(results, LIMIT_MS)}\n`);
  if (!passes(results, LIMIT_MS)) process.exitCode = 1;
} finally {
  await replica.stop();
  await world.server.stop();
}

async function time(
  connection: Connection,
  address: string,
  headers: Record<string, string>,
): Promise<Omit<Timed, 'name'> & { next: string | undefined }> {
  const times: number[] = [];
  let status = 0;
  let body = '';
  for (let round = 0; round <= rounds; round += 1) {
    const start = performance.now();
    const answer = await connection.send(address, headers);
    if (round > 0) times.push(performance.now() - start); // the first one warms up
    ({ status, body } = answer);
  }
  times.sort((a, b) => a - b);
  const next = /rel="next" href="([^"]+)"/.exec(body)?.[1];
  return {
    status,
    median: times[Math.floor(times.length / 2)] ?? Number.NaN,
    slowest: times.at(-1) ?? Number.NaN,
    rows: body.match(/<tr>/g)?.length ?? 0,
    next: next?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='),
  };
}
