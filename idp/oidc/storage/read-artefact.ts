import type { AdapterPayload } from 'oidc-provider';
import type { ArtefactPlace } from './artefact-id.ts';
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
  joinGrant,
  joinPerson,
  joinSession,
  joinSessionClient,
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
${joinGrant('a.grant_id')}
${joinSession('a.session_uid')}
${joinSessionClient('a.client_id')}
${joinPerson('a.account_id')}
${joinActing('sa', 'g.subsystem_account_id')}${joins}
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
  const [row] = await reader.read<ArtefactRow>(ARTEFACT_TEXTS[place.table], values);
  return row && toArtefact(row);
}

const EXCHANGE_COLUMNS = `,
  t.id as t_id, t.binding as t_binding, t.role as t_role, t.duty as t_duty, t.menu_roles as t_menu_roles,
  t.unit_code as t_unit_code, t.unit_name as t_unit_name, t.unit_kind as t_unit_kind, t.county as t_county,
  t.town as t_town`;

const EXCHANGE_JOINS = `
${joinActing('target', '$4')}
left join lateral (select target.* where target.subsystem_code = $5) t on true`;

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
  const [row] = await reader.read<ArtefactRow & TargetRow>(EXCHANGE_TEXTS[place.table], values);
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
