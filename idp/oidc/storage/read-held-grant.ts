import {
  ACTING,
  type ActingRow,
  GRANT,
  type GrantRow,
  PERSON,
  type PersonRow,
  type Reader,
  SESSION,
  type SessionRow,
  joinActing,
  joinPerson,
  joinSession,
  toGrant,
  toPerson,
  toSession,
} from './columns.ts';
import type { GrantFacts, PersonFacts, SessionFacts } from './facts.ts';

/** A grant named by a token that tells only its digest, with its session and person. */
export interface HeldGrant {
  id: string;
  grant: GrantFacts;
  person: PersonFacts;
  sessionUid: string | undefined;
  session: SessionFacts | undefined;
}

interface Row extends GrantRow, SessionRow, PersonRow, ActingRow {
  grant_id: string;
  held_session: string | null;
}

const text = (account: string): string => `
select g.id as grant_id, g.session_uid as held_session, ${GRANT}, ${SESSION}, ${PERSON}, ${ACTING}
from oidc_grant g
${joinSession('g.session_uid')}
${joinPerson('g.account_id')}
${joinActing('sa', 'g.subsystem_account_id')}
where g.account_id = ${account} and (g.expires_at > now()) is true
  and translate(encode(sha256(convert_to(g.id, 'UTF8')), 'base64'), '+/=', '-_') = $2`;

const BY_SUBJECT = text('$1::uuid');
const BY_SECTOR = text('(select account_id from pairwise_subject where subject = $1 and sector = $3)');
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @returns undefined when anything it rests on has ended: grant, session, person or account */
export async function readHeldGrant(
  reader: Reader,
  of: { subject: string; sector: string | undefined; grantDigest: string },
): Promise<HeldGrant | undefined> {
  if (of.sector === undefined && !UUID.test(of.subject)) return undefined;
  const [row] =
    of.sector === undefined
      ? await reader.read<Row>(BY_SUBJECT, [of.subject, of.grantDigest])
      : await reader.read<Row>(BY_SECTOR, [of.subject, of.grantDigest, of.sector]);
  if (!row) return undefined;
  const [grant, person, session] = [toGrant(row), toPerson(row), toSession(row, {})];
  if (!grant || !person || (row.held_session !== null && !session)) return undefined;
  return { id: row.grant_id, grant, person, sessionUid: row.held_session ?? undefined, session };
}
