import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import type { Renderer } from '#templates/engine.ts';
import type { FieldError, PageContext, ViewName, Views } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import { type ManagerQuota, offeredAt, readManagerQuota } from '../entitlements/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import type { Subsystem } from '../subsystems/index.ts';
import { type Unit, findUnit } from '../units/index.ts';
import type { SubmissionRefusal } from './service/submit.ts';
import type { AccessRequestDeps } from './types.ts';

export interface AccessRequestRouteDeps extends AccessRequestDeps {
  renderer: Renderer;
  config: { issuer: string; trustedProxyHops: number };
  gate: {
    requireSession(ctx: Context): Promise<BrowserSession | undefined>;
    page(ctx: Context, session: BrowserSession | undefined): PageContext;
  };
}

export type Visit = Context & { params: Record<string, string> };

/** Runs a page for whoever is signed in. */
export function signedIn(
  deps: Pick<AccessRequestRouteDeps, 'gate'>,
  run: (ctx: Visit, session: BrowserSession) => Promise<void>,
): (ctx: Visit) => Promise<void> {
  return async (ctx) => {
    const session = await deps.gate.requireSession(ctx);
    if (session) await run(ctx, session);
  };
}

/** Sends a page of this feature; the language switch leads to `path`, which never only takes forms. */
export function show<V extends ViewName>(
  deps: AccessRequestRouteDeps,
  ctx: Context,
  session: BrowserSession,
  page: { view: V; data: Views[V]; path?: string; status?: PageContext['status']; isBad?: boolean },
): void {
  if (page.isBad) ctx.status = 422;
  const context = { ...deps.gate.page(ctx, session), path: page.path ?? ctx.url };
  ctx.type = 'html';
  ctx.body = deps.renderer.page(
    page.view,
    { ...context, ...(page.status && { status: page.status }) },
    page.data,
  );
}

export function callerIn(deps: AccessRequestRouteDeps, ctx: Context) {
  return callerOf(ctx, deps.config.trustedProxyHops);
}

/** What may be asked for at a unit. @throws Fault not_found when the unit is not in use, or has nothing to do there */
export async function offerAt(
  deps: Pick<AccessRequestDeps, 'db' | 'clock' | 'registry'>,
  unitCode: string,
  subsystemCode: string,
): Promise<{ unit: Unit; subsystem: Subsystem | undefined }> {
  // out of an address anything may come, even what no database takes for text
  const unit = /^[0-9A-Za-z]{1,20}$/.test(unitCode) ? await findUnit(deps.db, unitCode) : undefined;
  if (unit?.status !== 'active') throw new Fault('not_found');
  const offered = await offeredAt(deps.db, listActive(deps), unit, deps.clock());
  return { unit, subsystem: offered.find(({ code }) => code === subsystemCode) };
}

/** Subsystems in use. */
export function listActive({ registry }: Pick<AccessRequestDeps, 'registry'>): Subsystem[] {
  const all = registry.list().flatMap(({ active, subsystem }) => (active && subsystem ? [subsystem] : []));
  return [...new Map(all.map((each) => [each.code, each])).values()];
}

/** P-51: the managers a unit has and may have, as the form shows it. */
export async function quotaView(
  { db }: Pick<AccessRequestDeps, 'db'>,
  unitCode: string,
  { manifest }: Subsystem,
): Promise<ManagerQuota & { isFull: boolean }> {
  const { used, limit } = await readManagerQuota(db, { unitCode, manifest });
  return { used, limit, isFull: used >= limit };
}

/** What speaks against a request, said above the form. */
export function refusedBecause(reason: SubmissionRefusal | 'nothing_changes'): FieldError[] {
  return [{ field: '', key: `access-requests.refused-${reason}` }];
}

/** An id for the request that a form makes: a form sent twice is one request. */
export function readRequestId(text: string): string {
  if (!/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text)) throw new Fault('bad_request');
  return text;
}
