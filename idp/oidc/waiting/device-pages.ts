import type { Client } from 'oidc-provider';
import type { PageContext, Views } from '#templates/views.ts';
import { pageContext } from '../pages.ts';
import type { UnitOfWork } from '../storage/unit-of-work.ts';
import type { Writes } from '../storage/writes.ts';
import type { OidcContext, OidcDeps } from '../types.ts';
import type { DeviceInfo } from './device.ts';
import { clientName } from './names.ts';

const DEVICE = '/oidc/device';
const LONGEST_CODE = 20;

type Outcome = Views['idp/device-outcome']['kind'];

/** The library's name for what went wrong → what the person is shown. */
const OUTCOMES: Record<string, Outcome> = {
  AbortedError: 'denied',
  ExpiredError: 'expired',
  AlreadyUsedError: 'used',
};

/**
 * `verification_uri_complete` only fills the field in: the person compares and sends it (RFC 8628 §3.3.1). The library
 * would send it by a script.
 */
export function keepUserCode(ctx: OidcContext): void {
  if (ctx.path !== DEVICE || ctx.method !== 'GET') return;
  const given = ctx.query['user_code'];
  if (typeof given === 'string') ctx.state['userCode'] = given.slice(0, LONGEST_CODE);
  ctx.state['address'] = ctx.url;
  ctx.querystring = '';
}

/** The page that asks for the code, or says why the one before did not do. */
export function renderDeviceInput(
  deps: OidcDeps,
  ctx: OidcContext,
  error: (Error & { userCode?: string }) | undefined,
): void {
  const outcome = OUTCOMES[error?.name ?? ''];
  if (outcome) return renderDeviceOutcome(deps, ctx, outcome);
  const typed = error?.userCode ?? (ctx.state['userCode'] as string | undefined) ?? '';
  show(deps, ctx, 'idp/device', {
    action: DEVICE,
    xsrf: secretOf(ctx),
    userCode: typed,
    given: error === undefined && typed !== '',
    errors: error ? [{ field: 'user_code', key: `device.${faultOf(error)}` }] : [],
    homeUrl: '/',
  });
}

function faultOf({ name, message }: Error): string {
  if (name === 'NoCodeError') return 'code-required';
  if (name === 'NotFoundError') return 'code-unknown';
  if (name === 'TooManyGuesses') return 'code-locked';
  return /xsrf|form details/.test(message) ? 'form-expired' : 'failed';
}

/** Who asks, for what, from where: nothing is granted before the person has seen it. */
export function renderDeviceConfirmation(
  deps: OidcDeps,
  ctx: OidcContext,
  client: Client,
  info: DeviceInfo,
  userCode: string,
): void {
  const { locale } = pageContext(ctx);
  const params = ctx.oidc.entities.DeviceCode?.params as { scope?: string } | undefined;
  ctx.state['address'] = `${DEVICE}?user_code=${encodeURIComponent(userCode)}`;
  const asks = subsystemOf(deps, client.clientId, locale);
  show(deps, ctx, 'idp/device-confirmation', {
    action: DEVICE,
    xsrf: secretOf(ctx),
    userCode,
    ...(asks && { for: asks }),
    clientName: clientName(deps, client.clientId, locale),
    scopes: (params?.scope ?? '')
      .split(' ')
      .filter(Boolean)
      .map((name) => ({ name, key: `consent.scope-${name}` })),
    ip: info.ip,
    at: new Date(info.at),
  });
}

/** The end of it: what became of the code, and the way on. */
export function renderDeviceOutcome(deps: OidcDeps, ctx: OidcContext, outcome: Outcome): void {
  const { locale } = pageContext(ctx);
  ctx.state['address'] = DEVICE;
  const clientId = ctx.oidc.entities.DeviceCode?.clientId;
  show(deps, ctx, 'idp/device-outcome', {
    kind: outcome,
    clientName: clientId === undefined ? '' : clientName(deps, clientId, locale),
    againUrl: DEVICE,
    homeUrl: '/',
  });
}

/**
 * A form that was not taken comes back with a new secret, which must be kept whatever the answer's status; and what
 * was granted to a device while the person still has to sign in again is not written.
 */
export function keepDevicePage(ctx: OidcContext, work: UnitOfWork, writes: Writes): void {
  if (ctx.oidc.route === 'code_verification' && ctx.status >= 400) writes.session = work.writes.session;
  if (!writes.interaction || writes.interaction.exists) return;
  writes.grants = [];
  writes.used = undefined;
  writes.audits = writes.audits.filter(({ type }) => type !== 'subsystem_account.entered');
}

function show<V extends 'idp/device' | 'idp/device-confirmation' | 'idp/device-outcome'>(
  deps: OidcDeps,
  ctx: OidcContext,
  view: V,
  data: Views[V],
): void {
  const path = (ctx.state['address'] as string | undefined) ?? DEVICE;
  const page: PageContext = { ...pageContext(ctx), path };
  ctx.type = 'html';
  ctx.body = deps.renderer.page(view, page, data);
}

function secretOf({ oidc }: OidcContext): string {
  return (oidc.session?.state as { secret?: string } | undefined)?.secret ?? '';
}

function subsystemOf(deps: OidcDeps, clientId: string, locale: 'zh-TW' | 'en') {
  const subsystem = deps.registry.find(clientId)?.subsystem;
  return subsystem && { code: subsystem.code, name: subsystem.name[locale], colour: subsystem.colour };
}
