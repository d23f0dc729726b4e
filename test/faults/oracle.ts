import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { Party } from '../../bench/party.ts';
import { loginNameOf } from '../../bench/people.ts';
import type { Ledger, Use } from './ledger.ts';
import type { LoadTarget } from './load-user.ts';

const MOST_TOLD = 20;
const MOST_REPLAYED = 400;

type Db = Database<IdpTables>['db'];

/**
 * Compares what the load was told with what is in the database, then tries everything used or ended once more. To be
 * asked when the load has stopped.
 * @param lookBackMs uses before this much time are not looked for any more: expired artefacts stay readable for ten minutes
 * @returns what does not fit, in words; empty when each 200 has its effect once and each effect its cause
 */
export async function auditLoad(
  world: LoadTarget & { database: Database<IdpTables> },
  ledger: Ledger,
  lookBackMs = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const { db } = world.database;
  const since = ledger.now() - lookBackMs;
  const late = ledger.uses.filter(({ at }) => at >= since);
  const faults = [
    ...ledger.surprises.map((text) => `unexplained: ${text}`),
    ...ledger.lostSessions.map((text) => `session lost: ${text}`),
    ...usedTwice(ledger.uses),
    ...(await compareUses(db, late)),
    ...(late.length === ledger.uses.length ? await compareCounts(db, ledger) : []),
    ...(await replayAll(world, ledger)),
  ];
  return faults.length <= MOST_TOLD
    ? faults
    : [...faults.slice(0, MOST_TOLD), `and ${faults.length - MOST_TOLD} more`];
}

/** Nothing that works once was accepted twice. */
function usedTwice(uses: Use[]): string[] {
  const seen = new Set<string>();
  const repeated: string[] = [];
  for (const { kind, credential } of uses.filter(({ once, done }) => once && done === 'yes')) {
    const use = `${kind} ${credential}`;
    if (seen.has(use)) repeated.push(use);
    seen.add(use);
  }
  return repeated.map((use) => `accepted twice: ${use.slice(0, 20)}…`);
}

/** Whatever was acknowledged is there. */
async function compareUses(db: Db, uses: Use[]): Promise<string[]> {
  const acknowledged = uses.filter(({ done }) => done === 'yes');
  const digests = acknowledged.flatMap(({ credential, issued }) => [credential, issued?.refresh_token ?? '']);
  const rows = await readArtefacts(db, digests.filter(Boolean));
  // a used token presented again late counts as stolen, and is taken away
  const refused = new Set(uses.filter(({ done }) => done === 'no').map(({ credential }) => credential));
  return acknowledged.flatMap(({ kind, credential, once, issued, user }) => {
    const found: string[] = [];
    if (
      once &&
      kind !== 'exchange' &&
      !refused.has(credential) &&
      !rows.get(digestOf(credential))?.isConsumed
    ) {
      found.push(`user ${user}: a ${kind} was taken but is not marked as used`);
    }
    const next = issued?.refresh_token;
    if (next !== undefined && !refused.has(next) && !rows.has(digestOf(next))) {
      found.push(`user ${user}: a refresh token was issued for a ${kind} but is not there`);
    }
    return found;
  });
}

async function readArtefacts(db: Db, credentials: string[]): Promise<Map<string, { isConsumed: boolean }>> {
  const digests = credentials.map(digestOf);
  const { rows } = await sql<{ digest: string; consumed: boolean }>`
    select distinct encode(id_digest, 'hex') as digest, consumed_at is not null as consumed from ${ARTEFACTS}
    join unnest(${digests}::text[]) asked on asked = encode(id_digest, 'hex')`.execute(db);
  return new Map(rows.map(({ digest, consumed }) => [digest, { isConsumed: consumed }]));
}

/** Nothing is there that nobody asked for: each count lies between what was acknowledged and what may have been done. */
async function compareCounts(db: Db, { uses, signIns, signOuts, requests }: Ledger): Promise<string[]> {
  const lost = requests.filter(
    ({ status, path }) => (status === 0 || status >= 500) && path.startsWith('/interaction/'),
  );
  const between = (name: string, actual: number, entries: { done: string }[], slack = 0): string[] => {
    const least = entries.filter(({ done }) => done === 'yes').length;
    const most = least + entries.filter(({ done }) => done === 'unknown').length + slack;
    return actual < least || actual > most ? [`${name}: ${actual}, not ${least} to ${most}`] : [];
  };
  const of = (kind: Use['kind']): Use[] => uses.filter((use) => use.kind === kind);
  const { rows } = await sql<Record<'codes' | 'refreshes' | 'exchanges' | 'sign_ins' | 'sign_outs', number>>`
    with person as (select id from account where login_name like ${`${loginNameOf(0).slice(0, -1)}%`}),
      event as (select type from audit_event join person on person.id = account_id where outcome = 'success')
    select
      (select count(*) from ${ARTEFACTS} where kind = 'AuthorizationCode' and account_id in (select id from person) and consumed_at is not null) as codes,
      (select count(*) from ${ARTEFACTS} where kind = 'RefreshToken' and account_id in (select id from person) and consumed_at is not null) as refreshes,
      (select count(*) from event where type = 'account.switched') as exchanges,
      (select count(*) from event where type = 'sign_in.succeeded') as sign_ins,
      (select count(*) from event where type = 'session.ended') as sign_outs`.execute(db);
  const [row] = rows;
  if (!row) return ['the counts could not be read'];
  return [
    ...between('codes used', row.codes, of('code')),
    ...between(
      'refresh tokens used',
      row.refreshes,
      of('refresh').filter(({ once }) => once),
    ),
    ...between('exchanges recorded', row.exchanges, of('exchange')),
    ...between('sign-ins recorded', row.sign_ins, signIns, lost.length),
    ...between('sign-outs recorded', row.sign_outs, signOuts),
  ];
}

const ARTEFACTS = sql`(
  select * from artefact_minutes union all select * from artefact_hours union all select * from artefact_weeks
) artefact`;

/** Every code, refresh token and exchanged token once more, and every browser whose session was ended. */
async function replayAll(world: LoadTarget, ledger: Ledger): Promise<string[]> {
  const faults: string[] = [];
  // refresh tokens before codes: a code presented again ends its whole grant
  const used = ['refresh', 'exchange', 'code'].flatMap((kind) =>
    spread(ledger.uses.filter((use) => use.once && use.kind === kind && use.done === 'yes')),
  );
  for (const { kind, credential, user, client } of used) {
    const party = new Party(world, user, { client });
    const form =
      kind === 'code'
        ? party.redemption(credential)
        : { grant_type: 'refresh_token', refresh_token: credential };
    const answer = await (kind === 'exchange'
      ? party.post('/oidc/introspection', { token: credential })
      : party.post('/oidc/token', form));
    party.close();
    const isRefused = kind === 'exchange' ? answer.body.includes('"active":false') : answer.status === 400;
    if (!isRefused) faults.push(`user ${user}: after its use a ${kind} was answered ${answer.status}`);
  }
  for (const { cookie, user } of spread(ledger.signOuts.filter(({ done }) => done === 'yes'))) {
    const browser = new Party(world, user);
    const answer = await browser.authorize({ prompt: 'none' }, { cookie });
    if (!answer.headers.location?.includes('error=login_required')) {
      faults.push(
        `user ${user}: an ended session answered ${answer.status} ${answer.headers.location ?? ''}`,
      );
    }
    browser.close();
  }
  return faults;
}

/** All, or so many of them at even distances. */
function spread<T>(items: T[]): T[] {
  const step = Math.max(1, items.length / MOST_REPLAYED);
  return Array.from(
    { length: Math.min(items.length, MOST_REPLAYED) },
    (_none, at) => items[Math.floor(at * step)],
  ).filter((item) => item !== undefined);
}

function digestOf(credential: string): string {
  return createHash('sha256').update(credential).digest('hex');
}
