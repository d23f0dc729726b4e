import { parseArgs } from 'node:util';
import { MENU_ROLE_GRANTS } from '#mch/access/grants.ts';
import { AREAS } from '#mch/areas/index.ts';
import { listDefinition } from '#mch/records/lists.ts';
import { CLIENT, FakeOp, type OpAccount } from '../../test/mch-app/support/fake-op.ts';
import { Visitor } from '../../test/mch-app/support/visitor.ts';
import { freePort, startReplica } from '../../test/support/replica.ts';
import { type Timed, toTimesTable } from '../lists/report.ts';
import { PROBE, exportLargest } from './export.ts';
import { UNITS } from './plan.ts';
import { askedSize } from './size.ts';
import { openCounty } from './world.ts';

/*
 * npm run bench -- mch [--rounds 9] [--mothers 30000] [--births 20000] [--years 5] [--seed 1] [--only PATH]
 *
 * The pages of the MCH system over a county of synthetic people (world.ts), asked for one after the other as its largest
 * hospital, a health station, the bureau and the national agency: the first page with what waits, every list with every
 * condition and a further page, every report, and the largest list as a file. Ends with 1 when a median is above its
 * limit or memory grows with the file. `--only /export` asks for the file alone.
 */
const HOME_MS = 100;
const LIST_MS = 150;
const REPORT_MS = 2000;
const EXPORTED = '/child/hearing/screening/export?format=ods';

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: { rounds: { type: 'string', default: '9' }, only: { type: 'string', default: '' } },
  strict: false,
});
const asked = { rounds: Number(values['rounds']), only: String(values['only']) };

interface Person {
  name: string;
  account: OpAccount;
}
const personOf = (
  name: string,
  at: number,
  unit: OpAccount['unit'],
  duty: string,
  prefix: string,
): Person => ({
  name,
  account: {
    id: `P@0009000${at}P@mbh_01`,
    binding: name,
    unit,
    role: 'mch_user',
    duty,
    menu_roles: Object.keys(MENU_ROLE_GRANTS).filter((role) => role.startsWith(prefix)),
  },
});
const first = (role: keyof typeof UNITS): OpAccount['unit'] => UNITS[role][0] as OpAccount['unit'];
const PEOPLE = [
  personOf('hospital', 1, first('hospital'), 'medical', 'mi_'),
  personOf('clinic', 2, first('clinic'), 'medical', 'mi_'),
  personOf('station', 3, first('station'), 'health_station', 'hs_'),
  personOf('bureau', 4, first('bureau'), 'health_bureau', 'hb_'),
  personOf('agency', 5, { ...first('bureau'), code: 'A21040000I', kind: 'national_agency' }, 'hpa', 'hpa_'),
];

const world = await openCounty(askedSize(), (text) => process.stderr.write(`${text}\n`));
const op = await new FakeOp().start();
const port = await freePort();
const origin = `http://localhost:${port}`;
const replica = await startReplica(
  ['mch-app/main.ts'],
  {
    ...world.env,
    MCH_PORT: String(port),
    MCH_ORIGIN: origin,
    MCH_ISSUER: op.issuer,
    MCH_CLIENT_ID: CLIENT.id,
    MCH_DRAIN_SECONDS: '0',
  },
  { nodeFlags: PROBE.flags, env: PROBE.env },
);
try {
  const homes: Timed[] = [];
  const lists: Timed[] = [];
  const reports: Timed[] = [];
  let exported = '';
  for (const { name, account } of PEOPLE) {
    op.accounts = [account];
    op.acting = account.id;
    op.sub = `sub-${account.id}`;
    const visitor = new Visitor(origin);
    const home = await visitor.go('/');
    if (home.status !== 200) throw new Error(`${name} cannot sign in: ${home.status}`);
    const measure = async (into: Timed[], path: string): Promise<void> => {
      if (!path.includes(asked.only)) return;
      const timed = await time(visitor, path);
      if (timed.status !== 403) into.push({ ...timed, name: `${name} ${path}` });
      if (timed.next !== undefined)
        into.push({ ...(await time(visitor, timed.next)), name: `${name} ${path} (page 2)` });
    };
    await measure(homes, '/');
    await measure(homes, '/common/todo');
    for (const area of AREAS) {
      for (const kind of area.kinds) {
        await measure(lists, `/${kind.path}`);
        for (const only of Object.keys(kind.conditions)) await measure(lists, `/${kind.path}?only=${only}`);
        await measure(lists, `/${kind.path}?state=submitted`);
        await measure(lists, `/${kind.path}?person=${encodeURIComponent(op.name.slice(0, 1))}`);
        if (!listDefinition(kind).sorts.includes('no')) continue;
        await measure(lists, `/${kind.path}?sort=no`);
      }
      for (const report of area.reports) await measure(reports, `/${report.path}`);
    }
    if (name === 'bureau' && EXPORTED.includes(asked.only))
      exported = await exportLargest(
        visitor,
        { origin, pid: replica.pid, database: world.server.url('mch') },
        EXPORTED,
      );
  }
  const isMet = [
    judge('First page and to-dos', homes, HOME_MS),
    judge('Lists', lists, LIST_MS),
    judge('Reports', reports, REPORT_MS),
    !exported.startsWith('too much'),
  ];
  process.stdout.write(`\n${exported}\n`);
  if (!isMet.every(Boolean)) process.exitCode = 1;
} finally {
  await replica.stop();
  op.stop();
  await world.server.stop();
}

function judge(title: string, results: Timed[], limitMs: number): boolean {
  const bad = results.filter(({ status, median }) => status !== 200 || !(median <= limitMs));
  const worst = results.toSorted((a, b) => b.median - a.median).slice(0, Math.max(6, bad.length));
  process.stdout.write(
    `\n${title}: ${results.length} pages, ${bad.length} above ${limitMs} ms; the slowest:\n\n${toTimesTable(worst, limitMs)}\n`,
  );
  return bad.length === 0;
}

async function time(
  visitor: Visitor,
  path: string,
): Promise<Omit<Timed, 'name'> & { next: string | undefined }> {
  const times: number[] = [];
  let status = 0;
  let text = '';
  for (let round = 0; round <= asked.rounds; round += 1) {
    const start = performance.now();
    const page = await visitor.ask(path);
    if (round > 0) times.push(performance.now() - start); // the first one warms up
    ({ status, text } = page);
    if (status === 403) break;
  }
  times.sort((a, b) => a - b);
  const next = /rel="next" href="([^"]+)"/.exec(text)?.[1];
  return {
    status,
    median: times[Math.floor(times.length / 2)] ?? Number.NaN,
    slowest: times.at(-1) ?? Number.NaN,
    rows: text.match(/<tr/g)?.length ?? 0,
    next: next?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='),
  };
}
