import Router from '@koa/router';
import type { Context, RequestState } from '#kit/http/context.ts';
import { Fault } from '#kit/errors.ts';
import { sendAttachment } from '#kit/http/attachment.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { readUpload } from '#kit/http/upload.ts';
import { digest, randomToken } from '#kit/random.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError, PageContext } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import { issueCaptcha } from '../authenticators/index.ts';
import { findUnit, listUnitManagers, unitLabel } from '../units/index.ts';
import { captchaDeps, captchaRoutes, captchaUrls } from './captcha.ts';
import { type Visit, provenVisit, readVisit, setDraftCookie, setVisit } from './cookies.ts';
import type { EnrollmentDeps } from './deps.ts';
import { paperFormOf } from './paper-form-of.ts';
import { mayWithdraw } from './policy.ts';
import { progressView } from './progress-view.ts';
import { PROGRESS as BASE, provenOf } from './proven.ts';
import { MAX_SCAN_BYTES } from './scan-type.ts';
import { resendConfirmation } from './service/confirm.ts';
import { readScan, uploadForm } from './service/paper.ts';
import { proveApplicant, withdrawEnrollment } from './service/progress.ts';
import { listAgencyReviewers } from './store/accounts.ts';
import { listEvents } from './store/history.ts';
import { findScanFacts } from './store/scans.ts';
import type { Enrollment } from './types.ts';

/** P-18: how an application stands, for whoever knows its account name and password; and what can be done about it. */
export function progressRoutes(deps: EnrollmentDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: BASE });
  const { db, keyring, clock, renderer } = deps;
  const caller = (ctx: Context) => callerOf(ctx, deps.trustedProxyHops);

  router.get('/', async (ctx) => {
    const visit = readVisit(deps, ctx);
    const enrollment = await provenOf(deps, visit);
    const { errors = [], account = '', status, ...rest } = visit;
    setVisit(deps, ctx, enrollment ? rest : { nonce: rest.nonce, until: rest.until });
    const page = { ...deps.page(ctx), ...(status && { status }) };
    ctx.type = 'html';
    if (enrollment) {
      ctx.body = renderer.page('idp/enrollment-progress', page, await viewOf(deps, ctx, enrollment, errors));
      return;
    }
    await issueCaptcha(captchaDeps(deps), captchaName(visit), clock());
    const view = { action: `${BASE}/proof`, errors, account, ...captchaUrls(BASE, randomToken(6)) };
    ctx.body = renderer.page('idp/enrollment-proof', page, view);
  });

  router.post('/proof', async (ctx) => {
    const visit = readVisit(deps, ctx);
    const form = await readForm(ctx);
    const typed = {
      account: form.get('account').slice(0, 100),
      password: form.get('password'),
      captcha: form.get('captcha'),
    };
    const services = { ...deps, captcha: captchaDeps(deps) };
    const outcome = await proveApplicant(services, captchaName(visit), typed, caller(ctx));
    const { nonce, until } = visit;
    setVisit(
      deps,
      ctx,
      'id' in outcome
        ? provenVisit(deps, outcome.id)
        : { nonce, until, account: typed.account, errors: outcome.errors },
    );
    seeOther(ctx, BASE);
  });

  router.post('/captcha', async (ctx) => {
    const { nonce, until } = readVisit(deps, ctx);
    setVisit(deps, ctx, { nonce, until, account: (await readForm(ctx)).get('account').slice(0, 100) });
    seeOther(ctx, BASE);
  });
  captchaRoutes(router, deps, (ctx) => Promise.resolve(captchaName(readVisit(deps, ctx))));

  /** A deed of the applicant; afterwards the page again, with what there is to say. */
  const deed = (
    path: string,
    act: (ctx: Context, enrollment: Enrollment) => Promise<Pick<Visit, 'errors' | 'status'> | string>,
  ): void => {
    router.post(path, async (ctx) => {
      const visit = readVisit(deps, ctx);
      const enrollment = await provenOf(deps, visit);
      if (!enrollment) return seeOther(ctx, BASE);
      const said = await act(ctx, enrollment);
      if (typeof said === 'string') return seeOther(ctx, said);
      setVisit(deps, ctx, { ...visit, ...said });
      return seeOther(ctx, BASE);
    });
  };

  deed('/confirmation', async (_ctx, { id }) =>
    told((await resendConfirmation(deps, id)) ? 'resent' : 'resend-too-soon'),
  );
  deed('/withdrawal', async (ctx, { id }) =>
    told((await withdrawEnrollment(deps, id, caller(ctx))) ? 'withdrawn' : 'too-late'),
  );
  deed('/correction', (ctx, { id, status }) => {
    if (status !== 'returned') return Promise.resolve(BASE);
    setDraftCookie(deps, ctx, id);
    return Promise.resolve('/enrollment/person');
  });
  deed('/scan', async (ctx, { id }) => {
    const file = await readUpload(ctx, 'scan', MAX_SCAN_BYTES);
    if (file === 'too_large')
      return { errors: [{ field: 'scan', key: 'enrollment-progress.scan-too-large' }] };
    const errors = await uploadForm(deps, id, file, caller(ctx));
    return errors.length > 0 ? { errors } : told('uploaded');
  });

  router.get('/scan', async (ctx) => {
    const enrollment = await provenOf(deps, readVisit(deps, ctx));
    const isOpen = enrollment && mayWithdraw(enrollment.status);
    const scan = isOpen ? await readScan({ db, keyring }, enrollment.id) : undefined;
    if (!scan) throw new Fault('not_found');
    const { name, mediaType, bytes } = scan;
    sendAttachment(ctx, { name, mediaType, sha256: digest(bytes.toString('base64')), content: bytes });
  });

  router.get('/form.pdf', async (ctx) => {
    const enrollment = await provenOf(deps, readVisit(deps, ctx));
    if (enrollment?.status !== 'pending_paper') throw new Fault('not_found');
    const content = await paperFormOf(deps, enrollment);
    const name = `${enrollment.loginName ?? 'form'}.pdf`;
    sendAttachment(ctx, { name, mediaType: 'application/pdf', sha256: digest(randomToken()), content });
  });

  router.post('/end', (ctx) => {
    setVisit(deps, ctx, undefined);
    seeOther(ctx, BASE);
  });
  return router;
}

function captchaName({ nonce }: Visit): string {
  return `enrollment visit ${nonce}`;
}

function told(key: string): { status: NonNullable<PageContext['status']> } {
  const kind = key === 'too-late' || key === 'resend-too-soon' ? 'warning' : 'success';
  return { status: { kind, key: `enrollment-progress.${key}` } };
}

async function viewOf(deps: EnrollmentDeps, ctx: Context, enrollment: Enrollment, errors: FieldError[]) {
  const { db, clock } = deps;
  const unit = await findUnit(db, enrollment.unitCode ?? '');
  if (!unit) throw new Fault('not_found');
  const { locale } = ctx.state;
  const isManager = enrollment.role === 'unit_manager';
  const reviewers = isManager
    ? await listAgencyReviewers(db, clock())
    : await listUnitManagers(db, unit.code, clock());
  const at = isManager ? undefined : unitLabel(unit, locale);
  const facts = {
    enrollment,
    unit,
    events: await listEvents(db, enrollment.id),
    scan: await findScanFacts(db, enrollment.id),
    reviewers: reviewers.map(({ name, phone }) => ({
      name,
      phone,
      unit: at ?? translate(locale, 'page.agency'),
    })),
  };
  return progressView(facts, errors, locale);
}
