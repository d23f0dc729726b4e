import { type PersonRow, PERSON, type Reader, joinPerson, toPerson } from './columns.ts';
import type { AccountCandidate, PersonFacts } from './facts.ts';

/** Whom a client means by a hint; each way of naming is undefined where it is not meant. */
export interface Hint {
  accountId: string | undefined;
  subject: { sector: string; subject: string } | undefined;
  loginName: string | undefined;
  /** Of the client; undefined where it belongs to none. */
  subsystemCode: string | undefined;
  wantedAccountId: string | undefined;
  /** Under which the client's wrong guesses are counted. */
  guesses: { kind: string; subject: Buffer };
}

/** The person with the accounts they could act as; and whether the client has guessed wrong too often. */
export interface HintedPerson {
  person: PersonFacts | undefined;
  candidates: AccountCandidate[];
  guessedTooOften: boolean;
}

interface Row extends PersonRow {
  candidates: AccountCandidate[] | null;
  guessed_too_often: boolean;
}

/** One statement whoever is meant and whether there is anybody, so that the time it takes tells nothing. */
const TEXT = `
select ${PERSON},
  (select jsonb_agg(jsonb_build_object('id', x.id, 'role', x.role)) from (
    select c.id, c.role from binding b
    join subsystem_account c on c.id = b.subsystem_account_id and c.account_id = b.account_id
    join unit u on u.code = c.unit_code and u.status = 'active'
    where b.account_id = p.id and c.subsystem_code = $5 and c.status = 'active'
    order by c.id = $6 desc nulls last, c.id limit 4) x) as candidates,
  exists (select from attempt_throttle t
    where t.kind = $7 and t.subject = $8 and t.locked_until > now()) as guessed_too_often
from (select coalesce(
    (select id from account where id = $1::uuid),
    (select account_id from pairwise_subject where sector = $2 and subject = $3),
    (select id from account where login_name = $4)) as id) wanted
${joinPerson('wanted.id')}`;

export async function readHinted(reader: Reader, hint: Hint): Promise<HintedPerson> {
  const [row] = await reader.read<Row>(TEXT, [
    hint.accountId ?? null,
    hint.subject?.sector ?? null,
    hint.subject?.subject ?? null,
    hint.loginName ?? null,
    hint.subsystemCode ?? null,
    hint.wantedAccountId ?? null,
    hint.guesses.kind,
    hint.guesses.subject,
  ]);
  return {
    person: row && toPerson(row),
    candidates: row?.candidates ?? [],
    guessedTooOften: row?.guessed_too_often ?? false,
  };
}
