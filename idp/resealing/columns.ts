import { CARRIED_PURPOSE } from './carried.ts';
import type { SealedColumn } from './types.ts';

/** Every sealed column of the database. */
export const SEALED_COLUMNS: SealedColumn[] = [
  sealed('account.national_id_sealed', 'national-id', { key: 'id', keyType: 'uuid' }),
  sealed('enrollment.personal_sealed', 'enrollment', { key: 'id', keyType: 'uuid' }),
  // a scan may have megabytes
  sealed('enrollment_scan.content_sealed', 'enrollment-scan', {
    key: 'enrollment_id',
    keyType: 'uuid',
    batch: 5,
  }),
  sealed('totp_credential.secret_sealed', 'totp', { key: 'account_id', keyType: 'uuid' }),
  sealed('mail_message.content_sealed', 'mail', { key: 'id', keyType: 'bigint', context: 'dedupe_key' }),
  sealed('password_reset_request.content_sealed', 'password-reset-request', {
    key: 'id',
    keyType: 'bigint',
    context: 'request_id',
  }),
  sealed('kept_page.content_sealed', 'kept-page', { key: 'account_id', keyType: 'uuid' }),
  sealed('oidc_waiting.payload_sealed', 'waiting-request', {
    key: 'handle',
    keyType: 'uuid',
    context: 'id_digest',
  }),
  sealed('backchannel_ping.secret_sealed', 'backchannel-ping', {
    key: 'id',
    keyType: 'bigint',
    context: 'request_digest',
  }),
  sealed('upstream_provider.secret_sealed', 'upstream-secret', { key: 'code', keyType: 'text' }),
  sealed('upstream_link.facts_sealed', 'upstream-facts', { key: 'id', keyType: 'uuid' }),
  sealed('upstream_session.id_token_sealed', 'upstream-id-token', {
    key: 'session_uid',
    keyType: 'text',
    context: 'link_id',
  }),
  sealed('upstream_departure.content_sealed', 'upstream-departure', { key: 'id', keyType: 'uuid' }),
  sealed('upstream_arrival.content_sealed', 'upstream-arrival', { key: 'id', keyType: 'uuid' }),
  sealed('upstream_proof.content_sealed', 'upstream-proof', { key: 'id', keyType: 'uuid' }),
  sealed('carried_key.secret_sealed', CARRIED_PURPOSE, { key: 'id', keyType: 'text' }),
  sealed('federation_key.private_sealed', 'signing-key', { key: 'kid', keyType: 'text' }),
  sealed('signing_key.private_sealed', 'signing-key', { key: 'kid', keyType: 'text' }),
];

function sealed(
  name: `${string}.${string}`,
  purpose: string,
  of: { key: string; keyType: SealedColumn['keyType']; context?: string; batch?: number },
): SealedColumn {
  const [table = '', column = ''] = name.split('.');
  const { key, keyType, context = key, batch = 500 } = of;
  return { table, column, key, keyType, purpose, context, batch };
}
