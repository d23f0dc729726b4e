import type { Reader } from './columns.ts';

/** A request to sign in that waits for a person's answer, as it is stored. */
export interface WaitingFacts {
  digest: Buffer;
  kind: string;
  state: 'waiting' | 'begun' | 'approved' | 'denied';
  sealed: Buffer;
  consumedAt: Date | undefined;
}

interface Row {
  id_digest: Buffer;
  kind: string;
  state: WaitingFacts['state'];
  payload_sealed: Buffer;
  consumed_at: Date | null;
}

const COLUMNS = 'select id_digest, kind, state, payload_sealed, consumed_at from oidc_waiting';

export async function readWaiting(reader: Reader, key: Buffer): Promise<WaitingFacts | undefined> {
  return toFacts(await reader.read<Row>(`${COLUMNS} where id_digest = $1`, [key]));
}

/** A request of a client to one person, with what pages name it by. */
export interface AskedFacts extends WaitingFacts {
  handle: string;
  clientId: string;
  askedAt: Date;
  endsAt: Date;
}

type AskedRow = Row & { handle: string; client_id: string; created_at: Date; expires_at: Date };

const ASKED = `select id_digest, kind, state, payload_sealed, consumed_at, handle, client_id, created_at, expires_at
  from oidc_waiting where account_id = $1 and kind = 'BackchannelAuthenticationRequest'`;

const BY_ID = `select id_digest, kind, state, payload_sealed, consumed_at, handle, client_id, created_at, expires_at,
    account_id
  from oidc_waiting where id_digest = $1 and account_id is not null`;

/** Those that wait for this person, the oldest first. */
export async function readAsked(reader: Reader, accountId: string): Promise<AskedFacts[]> {
  const waiting = `${ASKED} and state = 'waiting' and expires_at > now() order by created_at limit 100`;
  return (await reader.read<AskedRow>(waiting, [accountId])).map(toAsked);
}

/** One of this person's, whatever became of it. */
export async function readOneAsked(
  reader: Reader,
  accountId: string,
  handle: string,
): Promise<AskedFacts | undefined> {
  const [row] = await reader.read<AskedRow>(`${ASKED} and handle = $2::uuid`, [accountId, handle]);
  return row && toAsked(row);
}

/** The one with this secret, whoever is asked. */
export async function readAskedById(
  reader: Reader,
  key: Buffer,
): Promise<(AskedFacts & { accountId: string }) | undefined> {
  const [row] = await reader.read<AskedRow & { account_id: string }>(BY_ID, [key]);
  return row && { ...toAsked(row), accountId: row.account_id };
}

function toAsked(row: AskedRow): AskedFacts {
  return {
    digest: row.id_digest,
    kind: row.kind,
    state: row.state,
    sealed: row.payload_sealed,
    consumedAt: row.consumed_at ?? undefined,
    handle: row.handle,
    clientId: row.client_id,
    askedAt: row.created_at,
    endsAt: row.expires_at,
  };
}

/** @param keys digests of what was typed, under each of the master keys */
export async function readByUserCode(reader: Reader, keys: Buffer[]): Promise<WaitingFacts | undefined> {
  return toFacts(await reader.read<Row>(`${COLUMNS} where user_code_digest = any($1)`, [keys]));
}

function toFacts([row]: Row[]): WaitingFacts | undefined {
  return (
    row && {
      digest: row.id_digest,
      kind: row.kind,
      state: row.state,
      sealed: row.payload_sealed,
      consumedAt: row.consumed_at ?? undefined,
    }
  );
}
