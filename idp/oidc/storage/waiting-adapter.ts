import Provider, { type Adapter, type AdapterPayload } from 'oidc-provider';
import { digest, keyedDigest } from '#kit/random.ts';
import { limitGuesses } from '../waiting/guesses.ts';
import { type StorageDeps, refusing } from './adapter-base.ts';
import { endGrant } from './artefact-adapter.ts';
import { type WaitingFacts, readByUserCode, readWaiting } from './read-waiting.ts';
import { type UnitOfWork, currentWork } from './unit-of-work.ts';

const PURPOSE = 'waiting-request';
/** Found by what a person types, the client's own secret is unknown: this stands for it on the person's way back. */
const BY_DIGEST = 'digest:';

/**
 * Requests that a person answers on another device than the one that asks. They change state at most twice, each
 * time only from the state that was read, and are fetched once.
 */
export function waitingAdapter(kind: string, deps: StorageDeps): Adapter {
  return {
    ...refusing,
    async find(id) {
      // whoever has read the database knows digests: no client is given anything for one
      if (id.startsWith(BY_DIGEST) && Provider.ctx?.oidc.route !== 'device_resume') return undefined;
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
      currentWork().writes.waitingFetched = digestOf(id);
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
  const payload = JSON.parse(deps.keyring.open(PURPOSE, facts.sealed, context).toString()) as AdapterPayload;
  const consumed = facts.consumedAt ? { consumed: Math.floor(facts.consumedAt.getTime() / 1000) } : {};
  return { ...payload, ...consumed, jti: id };
}

function record(
  deps: StorageDeps,
  work: UnitOfWork,
  kind: string,
  key: Buffer,
  { jti: _bearer, consumed: _consumed, sessionUid: _session, sid: _sid, ...payload }: AdapterPayload,
): void {
  const context = contextOf(key);
  const { userCode, clientId = '', accountId, exp = 0 } = payload;
  const state = stateOf(payload);
  work.writes.waiting = {
    digest: key,
    kind,
    clientId,
    accountId: kind === 'BackchannelAuthenticationRequest' ? accountId : undefined,
    userCodeDigest:
      userCode === undefined ? undefined : keyedDigest(deps.keyring.derive('user-code')[0], userCode),
    // no session is named in it: what is granted outlives the browser it was granted in
    sealed: deps.keyring.seal(PURPOSE, Buffer.from(JSON.stringify(payload)), context),
    state,
    expectedState: work.waiting.get(context),
    expiresAt: new Date(exp * 1000),
  };
  if (state === 'approved' || state === 'denied') recordAnswer(work, kind, state, payload);
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
  { writes, hints }: UnitOfWork,
  kind: string,
  state: 'approved' | 'denied',
  payload: AdapterPayload,
): void {
  const accountId = payload.accountId ?? Provider.ctx?.oidc.session?.accountId;
  writes.audits.push({
    type: kind === 'DeviceCode' ? `device.${state}` : `ciba_request.${state}`,
    ...(state === 'denied' && { reason: payload['error'] as string }),
    ...(accountId !== undefined && { accountId }),
    clientId: payload.clientId ?? '',
    caller: { ip: hints.ip, userAgent: hints.userAgent, requestId: hints.requestId },
  });
}

function digestOf(id: string): Buffer {
  return id.startsWith(BY_DIGEST) ? Buffer.from(id.slice(BY_DIGEST.length), 'hex') : digest(id);
}
