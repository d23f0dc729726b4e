import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { randomToken } from '#kit/random.ts';
import { callerOf } from '../audit/index.ts';
import { issueCaptcha, normaliseLoginName, redeemCaptcha } from '../authenticators/index.ts';
import { offeredAt } from '../entitlements/index.ts';
import { choiceErrors, readChoices } from '../subsystems/index.ts';
import { findUnit, pickUnits, unitLabel } from '../units/index.ts';
import { captchaDeps, captchaRoutes, captchaUrls } from './captcha.ts';
import { provenVisit, readDraftCookie, setDraftCookie, setVisit } from './cookies.ts';
import type { EnrollmentDeps } from './deps.ts';
import { draftOf, requireStep, show } from './draft-of.ts';
import { addInstitutionRoute } from './institution-routes.ts';
import { personalErrors, readPersonal } from './personal.ts';
import { nextStep } from './policy.ts';
import { proofOf, providedBy } from './provided.ts';
import { readUnitFacts, savePerson, saveRetry, saveRole, saveSubsystems, saveUnit } from './service/draft.ts';
import { typedPasswordErrors } from './service/password.ts';
import { submitEnrollment } from './service/submit.ts';
import { deleteDraft } from './store/enrollments.ts';
import type { EnrollmentRole, SubmissionRefusal } from './types.ts';
import { personView, reviewView, roleView, stepUrl, subsystemsView, unitView } from './view.ts';

/** The step that mends what speaks against sending; the others are said on the review page. */
const MENDED_AT: Partial<
  Record<SubmissionRefusal, { step: 'unit' | 'role' | 'person'; field: string; key: string }>
> = {
  login_name_taken: { step: 'person', field: 'login_name', key: 'enrollment.login-name-taken' },
  no_manager: { step: 'role', field: 'role', key: 'enrollment.refused-no_manager' },
  manager_quota_full: { step: 'role', field: 'role', key: 'enrollment.refused-manager_quota_full' },
  unit_closed: { step: 'unit', field: 'unit', key: 'enrollment.unit-unknown' },
};

const GONE = { kind: 'error', key: 'enrollment.institution-gone' } as const;

/** The four steps and the sending of an application. Each form answers 303; what was typed is kept, right or wrong. */
export function applicationRoutes(deps: EnrollmentDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: '/enrollment' });
  const { db, renderer, clock, registry } = deps;
  const offered = (unit: { code: string; kind: string }) => {
    const systems = registry
      .list()
      .flatMap(({ active, subsystem }) => (active && subsystem ? [subsystem] : []));
    return offeredAt(db, systems, unit, clock());
  };

  router.get('/', async (ctx) => {
    const draft = await draftOf(deps, ctx);
    const unit = draft && (await findUnit(db, draft.unitCode ?? ''));
    ctx.type = 'html';
    const isGone = ctx.URL.searchParams.get('institution') === 'gone';
    const page = { ...deps.page(ctx), ...(isGone && { status: GONE }) };
    ctx.body = renderer.page('idp/enrollment', page, {
      beginUrl: stepUrl('unit'),
      takesCards: deps.cards !== undefined,
      signInUrl: '/sign-in',
      progressUrl: '/enrollment-progress',
      ...(draft && {
        resume: {
          url: stepUrl(nextStep(draft.done)),
          unit: unit ? unitLabel(unit, ctx.state.locale) : '',
          updatedAt: draft.updatedAt,
          discardUrl: '/enrollment/removal',
          returned: draft.status === 'returned',
        },
      }),
    });
  });

  addInstitutionRoute(router, deps);

  // a returned application stays; only this browser lets go of it
  router.post('/removal', async (ctx) => {
    const id = readDraftCookie(deps, ctx);
    if (id !== undefined) await deleteDraft(db, id);
    setDraftCookie(deps, ctx, undefined);
    seeOther(ctx, '/enrollment');
  });

  router.get('/unit', async (ctx) => {
    const draft = await draftOf(deps, ctx);
    const asked = ctx.URL.searchParams;
    const unit = await findUnit(db, draft?.unitCode ?? '');
    const view = unitView(draft, await pickUnits(db, asked, unit, ctx.state.locale));
    const missing = asked.get('missing') === null ? [] : [{ field: 'unit', key: 'enrollment.unit-required' }];
    show(ctx, deps, 'idp/enrollment-unit', { ...view, errors: [...view.errors, ...missing] });
  });

  router.post('/unit', async (ctx) => {
    const code = (await readForm(ctx)).get('unit');
    const id = await saveUnit(deps, readDraftCookie(deps, ctx), code, ctx.state.locale);
    if (id === undefined) return seeOther(ctx, `${stepUrl('unit')}?q=&missing=`);
    setDraftCookie(deps, ctx, id);
    seeOther(ctx, stepUrl('role'));
  });

  router.get('/role', async (ctx) => {
    const draft = await requireStep(deps, ctx, 'role');
    if (!draft) return;
    const { unit, ...facts } = await readUnitFacts(db, draft.unitCode ?? '', clock());
    if (!unit) throw new Fault('not_found');
    show(
      ctx,
      deps,
      'idp/enrollment-role',
      roleView(draft, unit, facts, deps.cards !== undefined, ctx.state.locale),
    );
  });

  router.post('/role', async (ctx) => {
    const draft = await requireStep(deps, ctx, 'role');
    if (!draft) return;
    const typed = (await readForm(ctx)).get('role');
    const role = (['user', 'unit_manager'] satisfies EnrollmentRole[]).find((each) => each === typed);
    if (typed !== '' && role === undefined) throw new Fault('bad_request');
    const errors = await saveRole(deps, draft.id, role);
    seeOther(ctx, stepUrl(errors.length > 0 ? 'role' : 'person'));
  });

  router.get('/person', async (ctx) => {
    const draft = await requireStep(deps, ctx, 'person');
    if (!draft) return;
    const provided = providedBy(await proofOf(deps, draft), draft, ctx.state.locale);
    show(ctx, deps, 'idp/enrollment-person', personView(draft, deps.rules, provided));
  });

  router.post('/person', async (ctx) => {
    const draft = await requireStep(deps, ctx, 'person');
    if (!draft) return;
    const form = await readForm(ctx);
    const personal = readPersonal((field) => form.get(field));
    const before = draft.personal;
    const sameOwner =
      normaliseLoginName(before?.loginName ?? '') === normaliseLoginName(personal.loginName) &&
      before?.name === personal.name &&
      before.nationalId === personal.nationalId;
    const password = form.get('new_password');
    const kept = draft.passwordHash !== undefined && sameOwner;
    const typed = { password, repeat: form.get('repeat_password') };
    const wrong = await typedPasswordErrors(deps, typed, personal, kept);
    const isNew = password !== '' && wrong.length === 0;
    const errors = [...personalErrors(personal, clock()), ...wrong];
    await savePerson(deps, draft.id, {
      personal,
      passwordHash: isNew ? await deps.hasher.hash(password) : undefined,
      errors,
      forget: !isNew && !kept,
    });
    seeOther(ctx, stepUrl(errors.length > 0 ? 'person' : 'subsystems'));
  });

  router.get('/subsystems', async (ctx) => {
    const draft = await requireStep(deps, ctx, 'subsystems');
    const unit = draft && (await findUnit(db, draft.unitCode ?? ''));
    if (!unit) return;
    const view = subsystemsView(draft, unit, await offered(unit), ctx.state.locale);
    show(ctx, deps, 'idp/enrollment-subsystems', view);
  });

  router.post('/subsystems', async (ctx) => {
    const draft = await requireStep(deps, ctx, 'subsystems');
    const unit = draft && (await findUnit(db, draft.unitCode ?? ''));
    if (!unit) return;
    const systems = await offered(unit);
    const form = await readForm(ctx);
    if (form.all('subsystem').some((code) => !systems.some((each) => each.code === code))) {
      throw new Fault('bad_request');
    }
    const choices = readChoices(form, systems);
    const { errors, tampered } = choiceErrors(choices, systems, unit.kind, ctx.state.locale);
    if (tampered) throw new Fault('bad_request');
    await saveSubsystems(deps, draft.id, choices, errors);
    seeOther(ctx, stepUrl(errors.length > 0 ? 'subsystems' : 'review'));
  });

  router.get('/review', async (ctx) => {
    const draft = await requireStep(deps, ctx, 'review');
    const unit = draft && (await findUnit(db, draft.unitCode ?? ''));
    if (!unit) return;
    await issueCaptcha(captchaDeps(deps), `enrollment ${draft.id}`, clock());
    const urls = captchaUrls('/enrollment', randomToken(6));
    const { locale } = ctx.state;
    const provided = providedBy(await proofOf(deps, draft), draft, locale);
    const view = reviewView(draft, unit, await offered(unit), locale, urls, provided);
    show(ctx, deps, 'idp/enrollment-review', view);
  });

  router.post('/submission', async (ctx) => {
    const draft = await requireStep(deps, ctx, 'review');
    if (!draft) return;
    const typed = (await readForm(ctx)).get('captcha');
    if (!(await redeemCaptcha(captchaDeps(deps), `enrollment ${draft.id}`, typed, clock()))) {
      const key = typed.trim() === '' ? 'sign-in.captcha-required' : 'sign-in.captcha-wrong';
      await saveRetry(deps, draft.id, 'review', [{ field: 'captcha', key }]);
      return seeOther(ctx, stepUrl('review'));
    }
    const outcome = await submitEnrollment(deps, draft.id, callerOf(ctx, deps.trustedProxyHops));
    if (outcome.sent || outcome.reason === 'already_sent') {
      setDraftCookie(deps, ctx, undefined);
      // whoever filled it in has just chosen its password here
      if (outcome.sent) setVisit(deps, ctx, provenVisit(deps, draft.id));
      const atOnce = outcome.sent && outcome.status === 'pending_hca';
      return seeOther(ctx, atOnce ? '/enrollment-progress/card' : '/enrollment/sent');
    }
    const { reason } = outcome;
    const said = MENDED_AT[reason];
    const key = reason === 'already_in_unit' ? 'enrollment.already-in-unit' : 'enrollment.incomplete';
    const step = said?.step ?? 'review';
    await saveRetry(deps, draft.id, step, [said ? { field: said.field, key: said.key } : { field: '', key }]);
    seeOther(ctx, stepUrl(step));
  });

  router.post('/captcha', async (ctx) => {
    const draft = await requireStep(deps, ctx, 'review');
    if (!draft) return;
    await saveRetry(deps, draft.id, 'review', []);
    seeOther(ctx, stepUrl('review'));
  });
  captchaRoutes(router, deps, async (ctx) => {
    const draft = await draftOf(deps, ctx);
    return draft && `enrollment ${draft.id}`;
  });
  return router;
}
