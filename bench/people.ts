import { openDatabase } from '#db/handle.ts';

export const CLIENT_ID = 'bench';
export const PUBLIC_CLIENT_ID = 'bench-public';
/** The two accounts person `n` acts as, in turn. */
export const accountsOf = (n: number): [string, string] => [
  `P@${personNo(n)}P@bench_01`,
  `P@${personNo(n)}P@bench_02`,
];
export const loginNameOf = (n: number): string => `bench.${n}`;
/** The account at a public client's subsystem, where there is one. */
export const publicAccountOf = (n: number): string => `P@${personNo(n)}P@spa_01`;
/** The account at the public client, whose refresh tokens rotate. */
export const rotatingAccountOf = (n: number): string => `P@${personNo(n)}P@bpub_01`;
const personNo = (n: number): string => String(90_000_000 + n);

/**
 * Adds people with two bound accounts each at the subsystem of `bench/manifest.json` to a database with the demo world.
 * Where the test subsystem `spa` is declared, they have one there too. One hash serves all: what is measured is verifying it.
 * @param everywhere so many more, numbered after them, who hold an account at each subsystem that is told of logouts
 */
export async function addPeople(url: string, people: number, everywhere = 0): Promise<void> {
  const database = openDatabase({
    url,
    connections: 1,
    applicationName: 'bench',
    onConnectionLost: () => {},
  });
  try {
    await database.query('set statement_timeout = 0', []); // a kept population may have to come from the disk
    for (const text of STATEMENTS) await database.query(text, [people + everywhere]);
    await database.query(
      accountsAt("s.code like 'bench\\_fan\\_%' and a.person_no >= (90000000 + $1::int)::text"),
      [people],
    );
    await database.query(BIND, []);
    await database.query('analyze', []);
  } finally {
    await database.close();
  }
}

const accountsAt = (where: string): string =>
  `insert into subsystem_account (id, subsystem_code, account_id, national_id_index, holder_name, unit_code, role, duty, menu_roles, status)
   select 'P@' || a.person_no || 'P@' || s.suffix || '_01', s.code, a.id, '', 'bench', a.unit_code, 'bench_user', 'medical', array['bench_menu'], 'active'
   from account a, subsystem s where a.login_name like 'bench.%' and ${where} on conflict do nothing`;
const BIND = `insert into binding (subsystem_account_id, account_id, name)
   select id, account_id, right(id, 8) from subsystem_account where holder_name = 'bench' on conflict do nothing`;
const STATEMENTS = [
  `insert into account (person_no, login_name, name, email, unit_code, role, status, national_id_sealed, national_id_index)
   select (90000000 + n)::text, 'bench.' || n, 'bench.' || n, 'bench.' || n || '@example.test', '9876543210', 'user', 'active', '', ''
   from generate_series(0, $1::int - 1) n on conflict do nothing`,
  `insert into password_credential (account_id, hash, changed_at)
   select a.id, c.hash, now() from account a, password_credential c join account demo on demo.id = c.account_id
   where a.login_name like 'bench.%' and demo.login_name = 'demo.nurse' and $1 > 0 on conflict do nothing`,
  `insert into subsystem_account (id, subsystem_code, account_id, national_id_index, holder_name, unit_code, role, duty, menu_roles, status)
   select 'P@' || a.person_no || 'P@bench_0' || k, 'bench', a.id, '', 'bench', a.unit_code, 'bench_user', 'medical', array['bench_menu'], 'active'
   from account a, generate_series(1, 2) k where a.login_name like 'bench.%' and $1 > 0 on conflict do nothing`,
  `insert into subsystem_account (id, subsystem_code, account_id, national_id_index, holder_name, unit_code, role, duty, menu_roles, status)
   select 'P@' || a.person_no || 'P@spa_01', 'spa', a.id, '', 'bench', a.unit_code, 'member', 'medical', array['reader'], 'active'
   from account a, subsystem s where s.code = 'spa' and a.login_name like 'bench.%' and $1 > 0 on conflict do nothing`,
  accountsAt("s.code = 'bench_public' and $1 > 0"),
];
