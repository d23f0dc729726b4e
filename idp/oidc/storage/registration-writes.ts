import type { Statement } from './statement.ts';
import type { Writes } from './writes.ts';

/** A client as it is registered, changed or removed by a program. */
export interface RegisteredClientWrite {
  clientId: string;
  metadata: object;
  secretDigest: Buffer | undefined;
  /** The digest that is there stays. */
  keepsSecret: boolean;
  sector: string | undefined;
  exists: boolean;
  endsGrants: boolean;
}

export interface RegistrationWrites {
  client?: RegisteredClientWrite;
  removed?: string;
  /** One fewer client may be registered with it. */
  initialToken?: { digest: Buffer; handle: string };
  newToken?: { digest: Buffer; clientId: string };
  endedToken?: Buffer;
}

export function addRegistration(statement: Statement, { registration }: Writes): void {
  const v = (value: unknown): string => statement.value(value);
  const { client, removed, initialToken, newToken, endedToken } = registration;
  if (endedToken) {
    const sql = `delete from registration_token where id_digest = ${v(endedToken)} and kind = 'management'`;
    statement.must('management_token', 'token_used', sql);
  }
  if (initialToken && client) {
    statement.must(
      'initial_token',
      'token_used',
      `update registration_token set uses_left = uses_left - 1
       where id_digest = ${v(initialToken.digest)} and uses_left > 0 and revoked_at is null and expires_at > now()`,
    );
  }
  if (client) addClient(statement, client);
  if (removed !== undefined) {
    statement.must(
      'client_removed',
      'token_used',
      `update client set status = 'disabled', secret_digest = null, previous_secret_digest = null
       where client_id = ${v(removed)} and status = 'active' and subsystem_code is null`,
    );
  }
  const ended = removed ?? (client?.endsGrants ? client.clientId : undefined);
  if (ended !== undefined) {
    statement.part('client_grants', `delete from oidc_grant where client_id = ${v(ended)}`);
  }
  if (newToken) {
    const source =
      client && !client.exists ? 'client_added' : `(select ${v(newToken.clientId)} as client_id) own`;
    statement.part(
      'management_token_new',
      `insert into registration_token (id_digest, kind, client_id)
       select ${v(newToken.digest)}::bytea, 'management', client_id from ${source}`,
    );
  }
}

function addClient(statement: Statement, client: RegisteredClientWrite): void {
  const v = (value: unknown): string => statement.value(value);
  const { clientId, metadata, secretDigest, keepsSecret, sector, exists } = client;
  if (!exists) {
    statement.part(
      'client_added',
      `insert into client (client_id, subsystem_code, metadata, secret_digest, secret_set_at, sector)
       select ${v(clientId)}, null, ${v(metadata)}::jsonb, ${v(secretDigest)}::bytea, now(), ${v(sector)}
       returning client_id`,
    );
    return;
  }
  const secret = keepsSecret ? '' : `, secret_digest = ${v(secretDigest)}::bytea, secret_set_at = now()`;
  // one that was disabled meanwhile stays as it was
  statement.must(
    'client_changed',
    'token_used',
    `update client set metadata = ${v(metadata)}::jsonb${secret}
     where client_id = ${v(clientId)} and status = 'active' and subsystem_code is null`,
  );
}
