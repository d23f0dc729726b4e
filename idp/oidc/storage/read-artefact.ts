import type { AdapterPayload } from 'oidc-provider';
import type { ArtefactPlace } from './artefact-id.ts';
import {
  ACTING,
  type ActingRow,
  GRANT,
  type GrantRow,
  JOIN_ACTING,
  PERSON,
  type PersonRow,
  type Reader,
  SESSION,
  type SessionRow,
  joinPerson,
  toActing,
  toGrant,
  toPerson,
  toSession,
} from './columns.ts';
import type { ActingFacts, GrantFacts, OtherAccount, PersonFacts, SessionFacts } from './facts.ts';

/** An artefact with everything later steps of the same request ask for: one round trip. */
export interface ArtefactFacts {
  kind: string;
  payload: AdapterPayload;
  consumedAt: Date | undefined;
  grant: GrantFacts | undefined;
  session: SessionFacts | undefined;
  person: PersonFacts | undefined;
  others: OtherAccount[];
}

interface ArtefactRow extends PersonRow, ActingRow, GrantRow, SessionRow {
  kind: string;
  payload: AdapterPayload;
  consumed_at: Date | null;
  client_id: string;
  sid: string | null;
  session_grant: string | null;
  others: OtherAccount[] | null;
}

/** The other accounts the person has bound at the same subsystem: the `accounts` claim. */
const OTHERS = `(select jsonb_agg(jsonb_build_object('id', o.id, 'binding', ob.name,
    'unit', jsonb_build_object('code', ou.code, 'name', ou.name), 'role', o.role, 'duty', o.duty) order by ob.name)
  from binding ob
  join subsystem_account o on o.id = ob.subsystem_account_id and o.account_id = ob.account_id and o.status = 'active'
  join unit ou on ou.code = o.unit_code
  where ob.account_id = a.account_id and o.subsystem_code = sa.subsystem_code and o.id <> sa.id)`;

const artefactText = (table: ArtefactPlace['table'], columns = '', joins = ''): string => `
select a.kind, a.payload, a.consumed_at, a.client_id, ${GRANT}, ${SESSION}, sc.sid, sc.grant_id as session_grant,
  ${PERSON}, ${ACTING},
  case when $3 and a.payload->>'scope' like '%accounts%' then ${OTHERS} end as others${columns}
from ${table} a
left join oidc_grant g on g.id = a.grant_id
left join oidc_session s on s.uid = a.session_uid and s.expires_at > now()
left join oidc_session_client sc on sc.session_uid = s.uid and sc.client_id = a.client_id
${joinPerson('a.account_id')}
${JOIN_ACTING}${joins}
where a.bucket = $1 and a.id_digest = $2`;

const ARTEFACT_TEXTS = {
  artefact_minutes: artefactText('artefact_minutes'),
  artefact_hours: artefactText('artefact_hours'),
  artefact_weeks: artefactText('artefact_weeks'),
};

export async function readArtefact(
  reader: Reader,
  place: ArtefactPlace,
  digest: Buffer,
  withOthers: boolean,
): Promise<ArtefactFacts | undefined> {
  const values = [place.bucket, digest, withOthers];
  const [row] = await reader.query<ArtefactRow>(ARTEFACT_TEXTS[place.table], values);
  return row && toArtefact(row);
}

const EXCHANGE_COLUMNS = `,
  t.id as t_id, tb.name as t_binding, t.role as t_role, t.duty as t_duty, t.menu_roles as t_menu_roles,
  tu.code as t_unit_code, tu.name as t_unit_name, tu.kind as t_unit_kind, tu.county as t_county, tu.town as t_town`;

const EXCHANGE_JOINS = `
left join (subsystem_account t
  join binding tb on tb.subsystem_account_id = t.id and tb.account_id = t.account_id
  join unit tu on tu.code = t.unit_code)
  on t.id = $4 and t.account_id = p.id and t.status = 'active' and t.subsystem_code = $5`;

const EXCHANGE_TEXTS = {
  artefact_minutes: artefactText('artefact_minutes', EXCHANGE_COLUMNS, EXCHANGE_JOINS),
  artefact_hours: artefactText('artefact_hours', EXCHANGE_COLUMNS, EXCHANGE_JOINS),
  artefact_weeks: artefactText('artefact_weeks', EXCHANGE_COLUMNS, EXCHANGE_JOINS),
};

type TargetRow = {
  [Key in keyof ActingRow as Key extends 'acting_id' ? 't_id' : `t_${Key}`]: ActingRow[Key];
};

/** A subject token together with the account it is to be exchanged for, where that is this person's to have. */
export async function readExchange(
  reader: Reader,
  place: ArtefactPlace,
  digest: Buffer,
  target: { subsystemAccountId: string; subsystemCode: string },
): Promise<{ artefact: ArtefactFacts; target: ActingFacts | undefined } | undefined> {
  const values = [place.bucket, digest, false, target.subsystemAccountId, target.subsystemCode];
  const [row] = await reader.query<ArtefactRow & TargetRow>(EXCHANGE_TEXTS[place.table], values);
  if (!row) return undefined;
  const bare = Object.entries(row).filter(([name]) => name.startsWith('t_'));
  const acting = Object.fromEntries(bare.map(([name, value]) => [name.slice(2), value]));
  return {
    artefact: toArtefact(row),
    target: toActing({ ...(acting as unknown as ActingRow), acting_id: row.t_id }),
  };
}

function toArtefact(row: ArtefactRow): ArtefactFacts {
  const session = toSession(row, {
    [row.client_id]: { sid: row.sid ?? undefined, grantId: row.session_grant ?? undefined },
  });
  return {
    kind: row.kind,
    payload: row.payload,
    consumedAt: row.consumed_at ?? undefined,
    grant: toGrant(row),
    session,
    person: toPerson(row),
    others: row.others ?? [],
  };
}
