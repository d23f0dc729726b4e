import { Fault } from '#kit/errors.ts';
import { sendAttachment } from '#kit/http/attachment.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { readUpload } from '#kit/http/upload.ts';
import { digest } from '#kit/random.ts';
import type { Renderer } from '#templates/engine.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { FieldError, PageContext } from '#templates/views.ts';
import { callerOf } from '../../audit/index.ts';
import { addConsoleList } from '../../console-lists/index.ts';
import { type ConsoleCaller, type ConsoleGate, ConsoleRouter, reachOf } from '../../permissions/index.ts';
import type { ClientRegistry } from '../../subsystems/index.ts';
import type { EnrollmentServices } from '../deps.ts';
import { MAX_SCAN_BYTES } from '../scan-type.ts';
import { picturesOf } from '../scan-pictures.ts';
import { recordDecision } from '../service/decide.ts';
import { readScan, uploadForm } from '../service/paper.ts';
import { findNeighbours } from '../store/reviewable.ts';
import type { Decision } from '../types.ts';
import { bulkRoute } from './bulk.ts';
import { ENROLLMENTS, enrollmentList } from './list.ts';
import { type SentEnrollment, loadInReach, loadReview, refusalFor, standingIn } from './load.ts';
import { enrollmentReview } from './view.ts';
import { confirmView } from './confirm-view.ts';

export interface EnrollmentConsoleDeps extends EnrollmentServices {
  registry: ClientRegistry;
  renderer: Renderer;
  console: ConsoleGate;
  config: { trustedProxyHops: number; exportRows: number };
}

const DECISIONS: readonly Decision[] = ['approve', 'return', 'supplement'];
export const MAX_COMMENT = 500;

/** What a comment holds: text of its lines, nothing that acts. */
export function cleanComment(text: string): string {
  return text
    .replaceAll(/[^\P{C}\n]/gu, '')
    .trim()
    .slice(0, MAX_COMMENT)
    .toWellFormed();
}

/** P-47, SM-03: applications for accounts as reviewers see and decide them. */
export function enrollmentConsoleRoutes(deps: EnrollmentConsoleDeps): ConsoleRouter {
  const { renderer, console, config } = deps;
  const router = new ConsoleRouter(console);
  addConsoleList(router, deps, enrollmentList(deps));
  bulkRoute(router, deps);

  const show = async (
    ctx: Context,
    caller: ConsoleCaller,
    enrollment: SentEnrollment,
    said: { comment?: string; errors?: FieldError[]; status?: PageContext['status'] } = {},
  ): Promise<void> => {
    const { locale } = ctx.state;
    const facts = await loadReview(deps, caller, enrollment);
    const refusal = await refusalFor(deps, caller, enrollment);
    const view = enrollmentReview(
      facts,
      {
        mayDecide: refusal === undefined,
        refusalKey:
          refusal === undefined || refusal === 'not_pending' ? '' : `console-enrollments.refused-${refusal}`,
        onBehalfOf: standingIn(caller, enrollment.unitCode)?.name ?? '',
        mayAttach: reachOf(caller, 'paper_forms.review') !== undefined && refusal === undefined,
        comment: said.comment ?? '',
        errors: said.errors ?? [],
      },
      locale,
    );
    const crumbs = [
      { label: translate(locale, 'console-enrollments.title'), url: ENROLLMENTS },
      { label: view.title },
    ];
    const done = `console-enrollments.done-${new URLSearchParams(ctx.querystring).get('done') ?? ''}`;
    const status =
      said.status ?? (hasText(locale, done) ? ({ kind: 'success', key: done } as const) : undefined);
    ctx.type = 'html';
    ctx.body = renderer.page(
      'idp/console-review',
      {
        ...console.page(ctx, caller, { crumbs, ...(status && { status }) }),
        path: `${ENROLLMENTS}/${enrollment.id}`,
      },
      view,
    );
  };

  router.get(`${ENROLLMENTS}/:id`, 'enrollments.review', async (ctx, caller) => {
    await show(ctx, caller, await loadInReach(deps, caller, ctx.params['id'] ?? ''));
  });

  router.post(`${ENROLLMENTS}/:id/decision`, 'enrollments.review', async (ctx, caller) => {
    const enrollment = await loadInReach(deps, caller, ctx.params['id'] ?? '');
    const form = await readForm(ctx);
    const decision = DECISIONS.find((each) => each === form.get('decision'));
    if (!decision) throw new Fault('bad_request');
    const comment = cleanComment(form.get('reason'));
    const version = form.get('version');
    if (decision !== 'approve' && comment === '') {
      ctx.status = 422;
      const error = { field: 'reason', key: 'console-review.comment-missing' };
      return show(ctx, caller, enrollment, { comment, errors: [error] });
    }
    if (form.get('confirmed') !== 'yes') {
      ctx.type = 'html';
      const crumbs = [{ label: translate(ctx.state.locale, 'console-enrollments.title'), url: ENROLLMENTS }];
      ctx.body = renderer.page(
        'idp/console-confirm',
        { ...console.page(ctx, caller, { crumbs }), path: `${ENROLLMENTS}/${enrollment.id}` },
        confirmView(
          await loadReview(deps, caller, enrollment),
          { decision, comment, version },
          ctx.state.locale,
        ),
      );
      return undefined;
    }
    const neighbours = await findNeighbours(deps.db, reachOf(caller, 'enrollments.review')!, enrollment);
    const decided = await recordDecision(deps, {
      ...{ id: enrollment.id, reviewerLoginName: caller.loginName, decision, reason: comment },
      ...{ version, onBehalfOf: standingIn(caller, enrollment.unitCode)?.accountId },
      ...{ from: callerOf(ctx, config.trustedProxyHops), sessionUid: caller.session.uid },
    });
    if (!decided.done) {
      if (decided.reason === 'not_found') throw new Fault('not_found');
      ctx.status = 409;
      const status = { kind: 'error', key: `console-enrollments.refused-${decided.reason}` } as const;
      return show(ctx, caller, await loadInReach(deps, caller, enrollment.id), { comment, status });
    }
    const next = neighbours.next ?? neighbours.previous;
    return seeOther(ctx, `${ENROLLMENTS}${next === undefined ? '' : `/${next}`}?done=${decision}`);
  });

  router.get(`${ENROLLMENTS}/:id/scan`, 'paper_forms.review', async (ctx, caller) => {
    const { name, mediaType, bytes } = await loadScan(deps, caller, ctx.params['id'] ?? '');
    sendAttachment(ctx, { name, mediaType, sha256: digest(bytes.toString('base64')), content: bytes });
    ctx.set('Cache-Control', 'no-store');
  });

  router.get(`${ENROLLMENTS}/:id/scan/:page`, 'paper_forms.review', async (ctx, caller) => {
    const pictures = picturesOf(await loadScan(deps, caller, ctx.params['id'] ?? ''));
    const page = ctx.params['page'] ?? '';
    const picture = /^\d$/.test(page) ? pictures[Number(page) - 1] : undefined;
    if (!picture) throw new Fault('not_found');
    ctx.set('Content-Security-Policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Content-Type', picture.mediaType);
    ctx.body = picture.bytes;
  });

  router.post(`${ENROLLMENTS}/:id/scan`, 'paper_forms.review', async (ctx, caller) => {
    const enrollment = await loadInReach(deps, caller, ctx.params['id'] ?? '');
    const file = await readUpload(ctx, 'scan', MAX_SCAN_BYTES);
    const from = callerOf(ctx, config.trustedProxyHops);
    const errors =
      file === 'too_large'
        ? [{ field: 'scan', key: 'enrollment-progress.scan-too-large' }]
        : await uploadForm(deps, enrollment.id, file, from, caller.accountId);
    if (errors.length === 0) return seeOther(ctx, `${ENROLLMENTS}/${enrollment.id}?done=attached`);
    ctx.status = 422;
    return show(ctx, caller, enrollment, { errors });
  });
  return router;
}

async function loadScan(deps: EnrollmentConsoleDeps, caller: ConsoleCaller, id: string) {
  const enrollment = await loadInReach(deps, caller, id);
  const scan = enrollment.status === 'pending_paper' ? await readScan(deps, enrollment.id) : undefined;
  if (!scan) throw new Fault('not_found');
  return scan;
}
