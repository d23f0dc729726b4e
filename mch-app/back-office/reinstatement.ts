import { randomUUID } from 'node:crypto';
import { seeOther } from '#kit/http/see-other.ts';
import type { FieldError } from '#templates/views.ts';
import { roleLabel } from '../access/index.ts';
import type { Reshow } from '../kept-forms/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../sessions/index.ts';
import { idOf, read, send } from './ask.ts';
import { oneLine } from './text.ts';
import { toldAs } from './told.ts';
import type { OfficeHost } from './types.ts';
import { type AccountLine, account } from './wire.ts';

const PLACE = 'admin/accounts/reinstatement';

/** GET of one suspended account (M-39, SM-11). */
export function showReinstatement(host: OfficeHost): Handler {
  return async (ctx) => show(host, ctx, await findAccount(host, ctx), '', []);
}

/** POST: reinstates it, with a reason; who may is the single entry's rule. */
export function reinstate(host: OfficeHost): Handler {
  return host.actingForm(async (ctx, posted) => {
    const found = await findAccount(host, ctx);
    const reason = oneLine(posted.get('reason'), 500);
    if (reason === '') {
      ctx.status = 422;
      return show(host, ctx, found, reason, [{ field: 'reason', key: 'console.reason-missing' }]);
    }
    const path = `/subsystem-accounts/${encodeURIComponent(found.id)}/reinstatement`;
    const answer = await send(host, ctx, path, { body: { reason }, key: posted.get('key') });
    if (answer.ok) return seeOther(ctx, `/${PLACE}?done=reinstated`);
    ctx.status = answer.status;
    show(host, ctx, found, reason, [{ field: '', key: toldAs('console-suspended', answer.error) }]);
  });
}

/** The page with the reason as it was typed before. */
export function reinstatementAsTyped(host: OfficeHost): Reshow {
  return async (ctx, posted) =>
    show(host, ctx, await findAccount(host, ctx), oneLine(posted.get('reason'), 500), []);
}

const findAccount = (host: OfficeHost, ctx: SignedInContext): Promise<AccountLine> =>
  read(host, ctx, `/subsystem-accounts/${encodeURIComponent(idOf(ctx))}`, account);

function show(
  host: OfficeHost,
  ctx: SignedInContext,
  found: AccountLine,
  reason: string,
  errors: FieldError[],
): void {
  const { locale } = ctx.state;
  const session = sessionOf(ctx);
  const { unit } = found;
  host.show(ctx, 'mch-app/office-confirm', {
    ...host.frameOf(ctx, PLACE),
    area: 'console-suspended.reinstating',
    facts: [
      { key: 'office.account', text: found.id },
      { key: 'office.name', text: found.holder_name },
      { key: 'office.unit', text: `${unit.code} ${(locale === 'en' && unit.name_en) || unit.name}` },
      { key: 'office.role', text: roleLabel(found.role, locale) },
      {
        key: 'console-suspended.because',
        textKey: `console-suspended.because-${found.suspended_because ?? 'manager'}`,
      },
      { key: 'console-suspended.since', ...(found.status_changed_at && { at: found.status_changed_at }) },
    ],
    action: found.status === 'suspended' ? `/${PLACE}/${encodeURIComponent(found.id)}` : '',
    impossibleKey: 'console-suspended.refused-is_active',
    backUrl: `/${PLACE}`,
    key: randomUUID(),
    reason,
    errors,
    acting: session.account.id,
    generation: session.generation,
  });
}
