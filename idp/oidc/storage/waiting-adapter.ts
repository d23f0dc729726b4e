import { randomUUID } from 'node:crypto';
import Provider, { type Adapter, type AdapterPayload } from 'oidc-provider';
import { digest, keyedDigest } from '#kit/random.ts';
import { limitGuesses } from '../waiting/guesses.ts';
import type { OidcContext } from '../types.ts';
import { type StorageDeps, refusing } from './adapter-base.ts';
import { endGrant } from './artefact-adapter.ts';
import { type WaitingFacts, readByUserCode, readWaiting } from './read-waiting.ts';
import { type UnitOfWork, currentWork } from './unit-of-work.ts';

const PURPOSE = 'waiting-request';
export const PING_PURPOSE = 'backchannel-ping';
export const CIBA_REQUEST = 'BackchannelAuthenticationRequest';
/** Found by what a person types, the client's own secret is unknown: this stands for it on the person's way back. */
export const BY_DIGEST = 'digest:';

/**
 * Requests that a person answers on another device than the one that asks. They change state at most twice, each
 * time only from the state that was read, and are fetched once.
 */
export function waitingAdapter(kind: string, deps: StorageDeps): Adapter {
  return {
    ...refusing,
    async find(id) {
      // whoever has read the database knows digests: no client is given anything for one
      const { route } = (Provider.ctx as Partial<OidcContext> | undefined)?.oidc ?? {};
      if (id.startsWith(BY_DIGEST) && Provider.ctx && route !== 'device_resume') return undefined;
      const work = currentWork();
      const facts = await readWaiting(deps.database, digestOf(id));
      return open(deps, work, kind, facts, id);
    },
    async findByUserCode(userCode) {
      const work = currentWork();
      const keys = deps.keyring.derive('user-code').map((key) => keyedDigest(key, userCode));
      const facts = await limitGuesses(deps, work, () => readByUserCode(deps.database, keys));
      return open(deps, work, kind, facts, BY_DIGEST + (facts?.digest.toString('hex') ?? ''));
    },
    upsert(id, document) {
      record(deps, currentWork(), kind, digestOf(id), document);
      return Promise.resolve();
    },
    consume(id) {
      const work = currentWork();
      work.writes.waitingFetched = digestOf(id);
      if (kind === CIBA_REQUEST && work.opened) recordDeed(work, 'ciba_request.redeemed', work.opened);
      return Promise.resolve();
    },
    revokeByGrantId(grantId) {
      endGrant(grantId);
      return Promise.resolve();
    },
  };
}

function open(
  deps: StorageDeps,
  work: UnitOfWork,
  kind: string,
  facts: WaitingFacts | undefined,
  id: string,
): AdapterPayload | undefined {
  if (facts?.kind !== kind) return undefined;
  const context = contextOf(facts.digest);
  work.waiting.set(context, facts.state);
  const payload = openWaiting(deps, facts);
  work.opened = payload;
  const consumed = facts.consumedAt ? { consumed: Math.floor(facts.consumedAt.getTime() / 1000) } : {};
  return { ...payload, ...consumed, jti: id };
}

/** What was sealed of a request, whoever answers it. */
export function openWaiting(
  { keyring }: Pick<StorageDeps, 'keyring'>,
  { digest: key, sealed }: Pick<WaitingFacts, 'digest' | 'sealed'>,
): AdapterPayload {
  return JSON.parse(keyring.open(PURPOSE, sealed, contextOf(key)).toString()) as AdapterPayload;
}

function record(
  deps: StorageDeps,
  work: UnitOfWork,
  kind: string,
  key: Buffer,
  { jti: bearer, consumed: _consumed, sessionUid: _session, sid: _sid, ...payload }: AdapterPayload,
): void {
  const context = contextOf(key);
  const { userCode, clientId = '', accountId, exp = 0 } = payload;
  const state = stateOf(payload);
  const expectedState = work.waiting.get(context);
  work.writes.waiting = {
    digest: key,
    handle: randomUUID(),
    kind,
    clientId,
    accountId: kind === CIBA_REQUEST ? accountId : undefined,
    userCodeDigest:
      userCode === undefined ? undefined : keyedDigest(deps.keyring.derive('user-code')[0], userCode),
    // no session is named in it: what is granted outlives the browser it was granted in
    sealed: deps.keyring.seal(PURPOSE, Buffer.from(JSON.stringify(payload)), context),
    state,
    expectedState,
    expiresAt: new Date(exp * 1000),
    ...(expectedState === undefined && { ping: sealPing(deps, context, bearer, payload) }),
  };
  if (state === 'approved' || state === 'denied') recordAnswer(work, kind, state, payload);
}

/** What the client will be told, and by which token it knows us: undefined for one that asks itself. */
function sealPing(
  { keyring }: StorageDeps,
  context: string,
  id: string | undefined,
  { params }: AdapterPayload,
): Buffer | undefined {
  const token = params?.['client_notification_token'];
  if (typeof token !== 'string' || id === undefined) return undefined;
  return keyring.seal(PING_PURPOSE, Buffer.from(JSON.stringify({ id, token })), context);
}

/** As the database writes the column, by which it is sealed anew. */
function contextOf(key: Buffer): string {
  return `\\x${key.toString('hex')}`;
}

function stateOf({ error, grantId, inFlight }: AdapterPayload): WaitingFacts['state'] {
  if (error !== undefined) return 'denied';
  if (grantId !== undefined) return 'approved';
  return inFlight === true ? 'begun' : 'waiting';
}

function recordAnswer(
  work: UnitOfWork,
  kind: string,
  state: 'approved' | 'denied',
  payload: AdapterPayload,
): void {
  const type = kind === 'DeviceCode' ? (`device.${state}` as const) : (`ciba_request.${state}` as const);
  recordDeed(work, type, payload, state === 'denied' ? payload.error : undefined);
}

function recordDeed(
  { writes, hints, boundTo }: UnitOfWork,
  type: `${string}.${string}`,
  payload: AdapterPayload,
  reason?: string,
): void {
  const accountId = payload.accountId ?? Provider.ctx?.oidc?.session?.accountId;
  const acting = boundTo.get(payload.grantId ?? '')?.subsystemAccountId;
  writes.audits.push({
    type,
    ...(reason !== undefined && { reason }),
    ...(acting !== undefined && { toSubsystemAccountId: acting }),
    ...(accountId !== undefined && { accountId }),
    clientId: payload.clientId ?? '',
    caller: { ip: hints.ip, userAgent: hints.userAgent, requestId: hints.requestId },
  });
}

function digestOf(id: string): Buffer {
  return id.startsWith(BY_DIGEST) ? Buffer.from(id.slice(BY_DIGEST.length), 'hex') : digest(id);
}
