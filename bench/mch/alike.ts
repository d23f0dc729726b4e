import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { openDatabase } from '#db/handle.ts';
import type { MchTables } from '#db/mch/tables.ts';
import { seededRandom } from '#kit/seeded.ts';
import { likeContacts } from '../../mch-app/areas/high-risk/store/asks.ts';
import { likeness } from '../../mch-app/areas/high-risk/text-likeness.ts';
import { textOf } from './beside.ts';
import { askedSize } from './size.ts';
import { openCounty } from './world.ts';

/*
 * npm run bench -- alike [--texts 300] [--mothers 30000] [--births 20000] [--years 5] [--seed 1]
 *
 * How many of the texts of a county's contacts are found again after edits of some of their letters, and how long the
 * look-up takes; and how often a text nobody has written is taken for one. Ends with 1 below the share that is held,
 * or above the time.
 */
const HELD = 0.95;
const MOST_MS = 50;
const LIKE = 0.9;
const EDITS = [0, 0.02, 0.05, 0.08, 0.1];
const NOBODY = '00000000-0000-0000-0000-000000000000';

const { values: asked } = parseArgs({
  args: process.argv.slice(3),
  options: { texts: { type: 'string', default: '300' } },
  strict: false,
});
const world = await openCounty(askedSize(), (text) => process.stderr.write(`${text}\n`));
const database = openDatabase<MchTables>({
  url: world.server.url('mch'),
  connections: 1,
  applicationName: 'bench',
  onConnectionLost: (error) => process.stderr.write(`${error.message}\n`),
});
const random = seededRandom(7);
try {
  const { rows } = await sql<{ content: string; all: number }>`
    select t.content, count(*) over () as all from record r join hr_contact t on t.record_id = r.id
    where r.state <> 'draft' order by md5(r.id::text) limit ${Number(asked['texts'])}`.execute(database.db);
  process.stdout.write(`${rows[0]?.all ?? 0} contacts, ${rows.length} of them looked up\n\n`);
  process.stdout.write('| letters edited | alike | found | share | median ms | slowest ms |\n');
  process.stdout.write('| -------------: | ----: | ----: | ----: | --------: | ---------: |\n');
  let isFine = true;
  for (const share of EDITS) {
    const looked = [];
    for (const { content } of rows) looked.push(await lookUp(content, edited(content, share)));
    isFine = told(`${share * 100} %`, looked) && isFine;
  }
  const fresh = [];
  for (let at = 0; at < rows.length; at += 1) fresh.push(await lookUp('', textOf(random)));
  told('of nobody', fresh);
  const taken = fresh.filter(({ found }) => found).length;
  process.stdout.write(`\n${taken} of ${fresh.length} texts nobody has written are like one of them\n`);
  if (!isFine) process.exitCode = 1;
} finally {
  await database.close();
  await world.server.stop();
}

async function lookUp(content: string, typed: string) {
  const start = performance.now();
  const { rows } = await sql<{
    alike: string[];
  }>`${likeContacts({ content: typed }, { parentId: NOBODY } as never)}`.execute(database.db);
  const ms = performance.now() - start;
  const found = (rows[0]?.alike ?? []).some((other) => likeness(typed, other) >= LIKE);
  return { isLike: likeness(typed, content) >= LIKE, found, ms };
}

function told(name: string, looked: { isLike: boolean; found: boolean; ms: number }[]): boolean {
  const alike = looked.filter(({ isLike }) => isLike);
  const found = alike.filter((one) => one.found).length;
  const times = looked.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const [median = 0, slowest = 0] = [times[Math.floor(times.length / 2)], times.at(-1)];
  const share = alike.length === 0 ? '' : `${((found / alike.length) * 100).toFixed(1)} %`;
  process.stdout.write(
    `| ${name} | ${alike.length} | ${found} | ${share} | ${median.toFixed(1)} | ${slowest.toFixed(1)} |\n`,
  );
  return (alike.length === 0 || found / alike.length >= HELD) && median <= MOST_MS;
}

/** The text with such a share of its letters replaced, left out or doubled, anywhere. */
function edited(text: string, share: number): string {
  const letters = Array.from(text);
  for (let left = Math.floor(letters.length * share); left > 0; left -= 1) {
    const at = Math.floor(random() * letters.length);
    const other = letters[Math.floor(random() * letters.length)] ?? '';
    const way = Math.floor(random() * 3);
    letters.splice(at, way === 2 ? 0 : 1, ...(way === 1 ? [] : [other]));
  }
  return letters.join('');
}
