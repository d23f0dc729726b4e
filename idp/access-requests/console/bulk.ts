import { Fault } from '#kit/errors.ts';
import type { Locale } from '#kit/http/locale.ts';
import { type Form, readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import { callerOf } from '../../audit/index.ts';
import { maskName } from '../../accounts/index.ts';
import type { ConsoleCaller, ConsoleRouter } from '../../permissions/index.ts';
import { decideRequest } from '../service/decide.ts';
import { REVIEW_PLACE } from '../words.ts';
import { type AccessConsoleDeps, cleanComment } from './routes.ts';
import { findForCaller } from './standing.ts';
import { effectsOf } from './view.ts';

const MOST = 100;
type Found = Awaited<ReturnType<typeof findForCaller>>;

interface Asked {
  deed: 'approve' | 'return';
  comment: string;
  items: { id: string; version: number | undefined }[];
  isConfirmed: boolean;
}

/** P-48: several at once: first what would happen to each, then each for itself. */
export function bulkRoute(router: ConsoleRouter, deps: AccessConsoleDeps): void {
  router.post(`${REVIEW_PLACE}/decisions`, 'access_requests.review', async (ctx, caller) => {
    const asked = readAsked(await readForm(ctx));
    if (asked.items.length === 0) return seeOther(ctx, REVIEW_PLACE);
    const { locale } = ctx.state;
    const crumbs = [{ label: translate(locale, 'console-access.title'), url: REVIEW_PLACE }];
    const page = { ...deps.console.page(ctx, caller, { crumbs }), path: REVIEW_PLACE };
    ctx.type = 'html';
    if (!asked.isConfirmed || asked.comment === '') {
      if (asked.isConfirmed) ctx.status = 422;
      ctx.body = deps.renderer.page('idp/console-confirm', page, await preview(deps, caller, asked, locale));
      return undefined;
    }
    const from = callerOf(ctx, deps.config.trustedProxyHops);
    const lines = [];
    for (const { id, version } of asked.items) {
      const found = await findForCaller(deps, caller, id);
      const decision = { requestId: id, decision: asked.deed, comment: asked.comment };
      const seen = { ...decision, version: version ?? found.request.version };
      const decided = await decideRequest(deps, found.standing, seen, from);
      const key = decided.done ? `bulk-done-${asked.deed}` : `refused-${decided.reason}`;
      lines.push({
        label: labelOf(found),
        effect: translate(locale, `console-access.${key}`),
        refused: !decided.done,
      });
    }
    if (lines.every(({ refused }) => !refused))
      return seeOther(ctx, `${REVIEW_PLACE}?done=all-${asked.deed}`);
    ctx.body = deps.renderer.page('idp/console-outcome', page, {
      area: 'console-access.outcome',
      lines,
      listUrl: REVIEW_PLACE,
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
      return {
        id,
        version: version !== undefined && /^\d{1,9}$/.test(version) ? Number(version) : undefined,
      };
    }),
    isConfirmed: form.get('confirmed') === 'yes',
  };
}

async function preview(deps: AccessConsoleDeps, caller: ConsoleCaller, asked: Asked, locale: Locale) {
  const { deed, comment, items, isConfirmed } = asked;
  const lines = [];
  const fields = [];
  for (const { id } of items) {
    const found = await findForCaller(deps, caller, id);
    const effect = deed === 'approve' ? effectsOf(deps.registry, found, locale)[0] : undefined;
    const returned = translate(locale, 'console-access.bulk-effect-return');
    const refused = translate(locale, 'console-review.nothing-to-decide');
    lines.push({
      label: labelOf(found),
      effect: found.mayDecide ? (effect ?? returned) : refused,
      refused: !found.mayDecide,
    });
    if (found.mayDecide) fields.push({ name: 'id', value: `${id}.${found.request.version}` });
  }
  return {
    area: `console-access.confirm-all-${deed}`,
    params: { count: fields.length },
    action: `${REVIEW_PLACE}/decisions`,
    cancelUrl: REVIEW_PLACE,
    fields: [...fields, { name: 'deed', value: deed }, { name: 'confirmed', value: 'yes' }],
    lines,
    reason: { value: comment, required: true },
    isDangerous: false,
    isPossible: fields.length > 0,
    errors: isConfirmed ? [{ field: 'reason', key: 'console-review.comment-missing' }] : [],
  };
}

function labelOf({ applicant, request }: Found): string {
  return `${maskName(applicant.name)} (${request.subsystemAccountId ?? applicant.loginName})`;
}
