import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import { negotiateLocale } from '#kit/http/locale.ts';
import { callerAddress } from '#kit/http/request.ts';
import { addFormTargets, setSecurityHeaders } from '#kit/http/security-headers.ts';
import { recordOf } from '#kit/telemetry/request-record.ts';
import { isUnavailable } from '#kit/unavailable.ts';
import { recordAudit } from '../audit/index.ts';
import type { UpstreamTie } from '../federation/index.ts';
import { wantedAccount } from './choice.ts';
import type { PublicDocuments } from './documents.ts';
import { protocolRoute, tellRequest } from './observe.ts';
import { deviceUid, holdsProof, keepAnswer, repeatAnswer, resumedUid } from './kept-answer.ts';
import { offerEndAtProvider } from './logout/offer.ts';
import { createPace } from './pace.ts';
import { renderNotFound, renderProtocolError, renderUnavailable } from './pages.ts';
import { turnToGet } from './posted.ts';
import { answerReadiness } from './readiness.ts';
import { openRegistration, tidyRegistration } from './registration/features.ts';
import { findInteraction, findKeptAnswer } from './storage/interaction.ts';
import { flushWrites } from './storage/flush.ts';
import { isUnreadable } from './signed-messages.ts';
import type { FlushRefusal } from './storage/statement.ts';
import type { ClientChoice } from './storage/read-session.ts';
import { touchSession } from './storage/session-adapter.ts';
import { TooLate, UnitOfWork, runInUnitOfWork } from './storage/unit-of-work.ts';
import { keepRevocations, noWrites } from './storage/writes.ts';
import type { OidcContext, OidcDeps } from './types.ts';
import { keepDevicePage, keepUserCode, renderDeviceOutcome } from './waiting/device-pages.ts';
import { answerHaste } from './waiting/polling.ts';
import { isUnattended } from './waiting/unattended.ts';

const AUTHORIZATION = '/oidc/auth';
const FORMS = new Set<unknown>(['form_post', 'form_post.jwt']);

/**
 * Every protocol request is one unit of work: the library makes its answer, then everything it wanted stored is
 * written in one statement, and only then the answer is sent. When a condition of that statement no longer
 * holds, nothing is stored and the answer becomes the standard's error.
 */
export function answerInUnitOfWork(deps: OidcDeps, provider: Provider, documents: PublicDocuments) {
  const storage = { ...deps, lifetimes: deps.config.lifetimes };
  const pace = createPace(deps);
  return async (ctx: OidcContext, next: () => Promise<void>): Promise<void> => {
    prepare(deps, ctx);
    if (await turnToGet(deps, ctx)) {
      tellRequest(ctx);
      return;
    }
    const work = new UnitOfWork({
      choice: ctx.path === AUTHORIZATION ? choiceOf(deps, ctx.query) : undefined,
      wantsOthers: ctx.path === '/oidc/userinfo',
      ip: callerAddress(ctx.req, deps.config.trustedProxyHops),
      userAgent: ctx.get('user-agent'),
      requestId: String(ctx.state['requestId']),
    });
    await runInUnitOfWork(work, async () => {
      try {
        if (pace(ctx, work)) return;
        await prepareResume(deps, ctx, work);
        if (work.keptAnswer && repeatAnswer(deps, provider, ctx, work.keptAnswer)) return;
        keepUserCode(ctx);
        openRegistration(deps, ctx);
        await next();
        tidyRegistration(ctx);
        if (ctx.status === 404 && ctx.body === undefined) renderNotFound(deps, ctx);
        if (ctx.status >= 500) {
          if (isUnreadable((ctx.oidc as Partial<typeof ctx.oidc> | undefined)?.params?.['request']))
            answerFailure(deps, ctx, unreadableRequest(ctx));
          else if (isUnavailable(ctx.state['failure'])) renderUnavailable(deps, ctx);
          return;
        }
        if (ctx.path === '/oidc/token' && ctx.status === 400) await answerHaste(deps, ctx);
        if (ctx.path === '/oidc/token' && ctx.status === 200) {
          if (ctx.oidc.client) deps.evidence?.sawClient(ctx.oidc.client.clientId, work.hints.ip);
          await answerReadiness(deps, ctx);
        }
        if (ctx.path === '/oidc/token' || ctx.path === '/oidc/userinfo') {
          if (ctx.status === 200) for (const uid of work.sessions.keys()) touchSession(storage, work, uid);
        }
        if (ctx.path === '/oidc/logout/confirm') await offerEndAtProvider(deps, ctx, work);
        // what it rests on, a pushed request above all, may have been used by the one that came first
        if (ctx.status >= 400 && (await repeatOther(deps, provider, ctx))) return;
        const writes = ctx.status >= 400 ? keepRevocations(work.writes) : work.writes;
        if (isUnattended(ctx)) keepDevicePage(ctx, work, writes);
        if (work.isStale) throw new TooLate();
        keepAnswer(deps, ctx, writes, work.answerProof);
        const refusal = await flushWrites(deps.database, writes);
        if (refusal && (await repeatOther(deps, provider, ctx))) return;
        if (!refusal && writes.registration.client) await deps.registry.refresh();
        if (refusal) await answerRefusal(deps, provider, ctx, work, refusal);
      } catch (error) {
        answerFailure(deps, ctx, error);
      }
    });
    tellRequest(ctx);
    if (ctx.status === 200) documents.keep(ctx.path, ctx.body, ctx.response.get('content-type'));
    if (FORMS.has(ctx.oidc?.params?.['response_mode'])) allowFormPost(ctx);
  };
}

function prepare(deps: OidcDeps, ctx: OidcContext): void {
  ctx.state['requestId'] = recordOf(ctx.req).requestId;
  ctx.state['locale'] = negotiateLocale(ctx.req, new URLSearchParams(ctx.querystring));
  ctx.set('X-Request-Id', String(ctx.state['requestId']));
  setSecurityHeaders(ctx.res, deps.config.secure);
  if (ctx.path === '/oidc/jwks' || ctx.path.startsWith('/.well-known/')) {
    ctx.set('Cache-Control', `public, max-age=${deps.config.keys.jwksMaxAgeSeconds}`);
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
  } else {
    ctx.set('Cache-Control', 'no-store');
  }
}

/** The client and account of an authorization request, so that the session is read with all it needs. */
function choiceOf(deps: OidcDeps, params: Record<string, unknown>): ClientChoice | undefined {
  const clientId = params['client_id'];
  if (typeof clientId !== 'string') return undefined;
  return {
    clientId,
    subsystemCode: deps.registry.find(clientId)?.subsystem?.code,
    wantedAccountId: wantedAccount(deps, params),
  };
}

/** On the way back from a sign-in the request is in the interaction; reading it first saves later reads. */
async function prepareResume(deps: OidcDeps, ctx: OidcContext, work: UnitOfWork): Promise<void> {
  const uid = resumedUid(ctx) ?? deviceUid(ctx);
  if (uid === undefined) return;
  const interaction = await findInteraction(deps.database, uid);
  if (!interaction) return;
  const result = interaction.result as
    | {
        select_account?: { account?: string };
        previous_sign_in_at?: string;
        answer_proof?: string;
        upstream?: UpstreamTie;
      }
    | undefined;
  if (!holdsProof(deps, ctx, result?.answer_proof)) throw new errors.SessionNotFound('proven elsewhere');
  work.upstream = result?.upstream;
  if (result?.previous_sign_in_at) work.previousSignInAt = new Date(result.previous_sign_in_at);
  if (resumedUid(ctx) === undefined) return;
  work.answerProof = result?.answer_proof;
  const choice = choiceOf(deps, interaction.params ?? {});
  const picked = result?.select_account?.account;
  work.hints.choice = choice && { ...choice, wantedAccountId: picked ?? choice.wantedAccountId };
}

/** Asked twice at once, the one that came second gives the answer of the first. */
async function repeatOther(deps: OidcDeps, provider: Provider, ctx: OidcContext): Promise<boolean> {
  const uid = resumedUid(ctx);
  const answer = uid === undefined ? undefined : await findKeptAnswer(deps.database, uid);
  if (answer === undefined || !repeatAnswer(deps, provider, ctx, answer)) return false;
  ctx.body = '';
  return true;
}

async function answerRefusal(
  deps: OidcDeps,
  provider: Provider,
  ctx: OidcContext,
  work: UnitOfWork,
  refusal: FlushRefusal,
): Promise<void> {
  ctx.res.removeHeader('set-cookie');
  ctx.res.removeHeader('location');
  const error = standardError(ctx, work, refusal);
  const out = { error: error.error, error_description: error.error_description };
  ctx.status = error.status;
  if (ctx.path === '/oidc/token') ctx.body = out;
  else if (refusal === 'answered') renderDeviceOutcome(deps, ctx, 'used');
  else renderProtocolError(deps, ctx, out, error);
  await revokeReplayed(deps, work, refusal);
  for (const event of work.writes.audits) {
    await recordAudit(deps.database.db, { ...event, outcome: 'refused', reason: refusal });
  }
  provider.emit('grant.error', ctx, error);
}

function standardError(ctx: OidcContext, work: UnitOfWork, refusal: FlushRefusal): errors.OIDCProviderError {
  const { grantMove, grantReplaced, heldGrant } = work.writes;
  const exchange = (grantMove ?? grantReplaced ?? heldGrant) !== undefined;
  switch (refusal) {
    case 'consumed': {
      const kind = work.writes.consumes[0]?.kind;
      return kind === 'PushedAuthorizationRequest'
        ? new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used')
        : new errors.InvalidGrant('grant request is invalid');
    }
    case 'switched_meanwhile':
      return new errors.InvalidRequest('subject_token is invalid, expired, or was issued to another client');
    case 'token_used':
      return new errors.InvalidToken('the token is not good any more');
    case 'answered':
      return new errors.InvalidGrant('grant request is invalid');
    case 'too_many':
      return work.refuseTooMany?.() ?? new errors.InvalidRequest('too many exchanges');
    case 'account_gone':
      return exchange
        ? new errors.InvalidTarget('the account is not available')
        : new errors.AccessDenied('the account is not available');
    case 'interaction_ended':
    case 'session_ended':
      return ctx.path === '/oidc/token'
        ? new errors.InvalidGrant('grant request is invalid')
        : new errors.SessionNotFound('the session has ended');
  }
}

/** A code presented twice, however close, ends what the first presentation got (RFC 6749 §4.1.2). */
async function revokeReplayed(deps: OidcDeps, work: UnitOfWork, refusal: FlushRefusal): Promise<void> {
  if (refusal !== 'consumed' || work.writes.consumes[0]?.kind !== 'AuthorizationCode') return;
  const writes = noWrites();
  for (const artefact of work.artefacts.values()) {
    const grantId = (await artefact)?.payload.grantId;
    if (grantId) writes.grantEnds.add(grantId);
  }
  await flushWrites(deps.database, writes);
}

/** CIBA §13 has no error of its own for it. */
function unreadableRequest({ path }: OidcContext): errors.OIDCProviderError {
  const why = 'could not parse Request Object';
  return path === '/oidc/backchannel' ? new errors.InvalidRequest(why) : new errors.InvalidRequestObject(why);
}

function answerFailure(deps: OidcDeps, ctx: OidcContext, error: unknown): void {
  ctx.res.removeHeader('set-cookie');
  ctx.res.removeHeader('location');
  if (error instanceof errors.OIDCProviderError) {
    const { error: code, error_description: description } = error;
    ctx.status = error.status;
    renderProtocolError(deps, ctx, { error: code, error_description: description }, error);
    return;
  }
  deps.log.error(
    { err: error, requestId: String(ctx.state['requestId']), route: protocolRoute(ctx.path) },
    'request failed',
  );
  if (isUnavailable(error)) {
    renderUnavailable(deps, ctx);
    return;
  }
  ctx.status = 500;
  const out = { error: 'server_error', error_description: 'oops! something went wrong' };
  renderProtocolError(deps, ctx, out, new Error('server_error'));
}

/** Only towards an address that is the client's: a page that refuses another one leads nowhere. */
function allowFormPost(ctx: OidcContext): void {
  const { client, params } = ctx.oidc;
  const target = params?.['redirect_uri'];
  if (typeof target !== 'string' || client?.redirectUriAllowed(target) !== true) return;
  addFormTargets(ctx.res, [new URL(target).origin]);
}
