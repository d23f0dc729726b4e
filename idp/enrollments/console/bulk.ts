import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import type { Locale } from '#kit/http/locale.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import { callerOf } from '../../audit/index.ts';
import type { ConsoleCaller, ConsoleRouter } from '../../permissions/index.ts';
import { recordDecision, versionOf } from '../service/decide.ts';
import type { DecisionRefusal } from '../types.ts';
import { ENROLLMENTS } from './list.ts';
import { type SentEnrollment, loadInReach, refusalFor, standingIn } from './load.ts';
import { type EnrollmentConsoleDeps, cleanComment } from './routes.ts';

const MOST = 100;
type Deed = 'approve' | 'return';

interface Asked {
  deed: Deed;
  comment: string;
  /** An application's id, and, once it was shown, which state of it. */
  items: { id: string; version: string | undefined }[];
  isConfirmed: boolean;
}

/** P-47: several at once: first what would happen to each, then each for itself. */
export function bulkRoute(router: ConsoleRouter, deps: EnrollmentConsoleDeps): void {
  const { renderer, console } = deps;
  router.post(`${ENROLLMENTS}/decisions`, 'enrollments.review', async (ctx, caller) => {
    const asked = readAsked(await readForm(ctx));
    if (asked.items.length === 0) return seeOther(ctx, ENROLLMENTS);
    const { locale } = ctx.state;
    const page = { ...console.page(ctx, caller, { crumbs: crumbs(locale) }), path: ENROLLMENTS };
    const lacksComment = asked.deed === 'return' && asked.comment === '';
    ctx.type = 'html';
    if (!asked.isConfirmed || lacksComment) {
      if (asked.isConfirmed) ctx.status = 422;
      ctx.body = renderer.page('idp/console-confirm', page, await preview(deps, caller, asked, locale));
      return undefined;
    }
    const lines = await decideAll(deps, ctx, caller, asked);
    if (lines.every(({ refused }) => !refused)) return seeOther(ctx, `${ENROLLMENTS}?done=all-${asked.deed}`);
    ctx.body = renderer.page('idp/console-outcome', page, {
      area: 'console-enrollments.outcome',
      lines,
      listUrl: ENROLLMENTS,
    });
    return undefined;
  });
}

function readAsked(form: Form): Asked {
  const deed = (['approve', 'return'] as const).find((each) => each === form.get('deed'));
  const ids = [...new Set(form.all('id'))];
  if (ids.length > MOST || (ids.length > 0 && !deed)) throw new Fault('bad_request');
  return {
    deed: deed ?? 'approve',
    comment: cleanComment(form.get('reason')),
    items: ids.map((value) => {
      const [id = '', version] = value.split('.');
      return { id, version };
    }),
    isConfirmed: form.get('confirmed') === 'yes',
  };
}

async function preview(deps: EnrollmentConsoleDeps, caller: ConsoleCaller, asked: Asked, locale: Locale) {
  const { deed, comment, items, isConfirmed } = asked;
  const lines = [];
  const fields = [];
  for (const { id } of items) {
    const enrollment = await loadInReach(deps, caller, id);
    const refusal = await refusalFor(deps, caller, enrollment);
    lines.push({
      label: labelOf(enrollment),
      effect: translate(locale, refusal ? refusedKey(refusal) : `console-enrollments.bulk-effect-${deed}`),
      refused: refusal !== undefined,
    });
    if (refusal === undefined) fields.push({ name: 'id', value: `${id}.${versionOf(enrollment)}` });
  }
  const errors = isConfirmed ? [{ field: 'reason', key: 'console-review.comment-missing' }] : [];
  return {
    area: `console-enrollments.confirm-all-${deed}`,
    params: { count: fields.length },
    action: `${ENROLLMENTS}/decisions`,
    cancelUrl: ENROLLMENTS,
    fields: [...fields, { name: 'deed', value: deed }, { name: 'confirmed', value: 'yes' }],
    lines,
    reason: { value: comment, required: deed === 'return' },
    isDangerous: false,
    isPossible: lines.some(({ refused }) => !refused),
    errors,
  };
}

async function decideAll(deps: EnrollmentConsoleDeps, ctx: Context, caller: ConsoleCaller, asked: Asked) {
  const { locale } = ctx.state;
  const from = callerOf(ctx, deps.config.trustedProxyHops);
  const lines = [];
  for (const { id, version } of asked.items) {
    const enrollment = await loadInReach(deps, caller, id);
    const decided = await recordDecision(deps, {
      ...{ id, reviewerLoginName: caller.loginName, decision: asked.deed, reason: asked.comment },
      ...{ onBehalfOf: standingIn(caller, enrollment.unitCode)?.accountId, from },
      ...{ sessionUid: caller.session.uid, ...(version !== undefined && { version }) },
    });
    lines.push({
      label: labelOf(enrollment),
      effect: translate(
        locale,
        decided.done ? `console-enrollments.bulk-done-${asked.deed}` : refusedKey(decided.reason),
      ),
      refused: !decided.done,
    });
  }
  return lines;
}

function refusedKey(reason: DecisionRefusal | 'not_found'): string {
  return `console-enrollments.refused-${reason}`;
}

function labelOf({ personal, loginName = '' }: SentEnrollment): string {
  return personal ? `${personal.name} (${loginName})` : loginName;
}

function crumbs(locale: Locale) {
  return [{ label: translate(locale, 'console-enrollments.title'), url: ENROLLMENTS }];
}
