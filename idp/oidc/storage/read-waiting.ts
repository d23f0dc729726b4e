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
  return toFacts(await reader.query<Row>(`${COLUMNS} where id_digest = $1`, [key]));
}

/** @param keys digests of what was typed, under each of the master keys */
export async function readByUserCode(reader: Reader, keys: Buffer[]): Promise<WaitingFacts | undefined> {
  return toFacts(await reader.query<Row>(`${COLUMNS} where user_code_digest = any($1)`, [keys]));
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
