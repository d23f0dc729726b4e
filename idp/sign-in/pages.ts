import type { Context } from '#kit/http/context.ts';
import { randomToken } from '#kit/random.ts';
import type { PageContext, Views } from '#templates/views.ts';
import { acrOf, issueCaptcha, offerTotp } from '../authenticators/index.ts';
import { enrolmentView } from '../own-authenticators/index.ts';
import type { SignInDeps } from './deps.ts';
import { mustResistPhishing } from './policy.ts';
import { provenIdentity } from './proof.ts';
import { captchaDeps } from './service/captcha.ts';
import { listChoices } from './service/choose-account.ts';
import { offerPasskey } from './service/enrol-passkey.ts';
import { enrolmentScope } from './service/enrol-second-factor.ts';
import type { Journey } from './service/journey.ts';
import type { InteractionFacts, Person, Step } from './types.ts';
import {
  addressOf,
  chooseAccountView,
  consentView,
  secondFactorView,
  signInView,
  subsystemLabel,
} from './view.ts';

/** The steps that have a page. */
export type PageStep = Exclude<Step, { step: 'done' | 'refused' }>;

/** Shows the page of the current step. A sign-in page always comes with a new captcha. */
export async function showStep(
  ctx: Context,
  deps: SignInDeps,
  journey: Journey,
  next: PageStep,
): Promise<void> {
  const { facts, person, over } = journey;
  const { locale } = ctx.state;
  if (next.step === 'password' || !person) {
    await issueCaptcha(captchaDeps(deps), facts.uid, deps.clock());
    const providers = deps.upstream?.providers.list() ?? [];
    const view = signInView(facts, locale, { nonce: randomToken(6), demo: deps.demo, providers, over });
    return showPage(ctx, deps, 'idp/sign-in', view);
  }
  switch (next.step) {
    case 'second-factor': {
      const mustResist = mustResistPhishing(person, deps.phishingResistantRoles);
      const usable = mustResist && person.hasPasskey ? { ...person, hasTotp: false, hasCard: false } : person;
      const about = { demo: deps.demo, takesCards: deps.cards !== undefined };
      return showPage(ctx, deps, 'idp/second-factor', secondFactorView(facts, usable, locale, about));
    }
    case 'enrol-second-factor':
      return showPage(ctx, deps, 'idp/totp-enrolment', enrolmentPage(deps, facts, person));
    case 'enrol-passkey':
      return showPage(ctx, deps, 'idp/passkey', await passkeyPage(deps, facts, person));
    case 'change-password':
      return showPage(ctx, deps, 'idp/change-password', {
        action: `${addressOf(facts)}/password-change`,
        reason: next.reason,
        rules: deps.rules,
        errors: facts.progress.retry?.errors ?? [],
        loginName: person.loginName,
      });
    case 'consent':
      return showPage(ctx, deps, 'idp/consent', consentView(facts, locale));
    default:
      return showAccounts(ctx, deps, journey, person, next.step);
  }
}

function enrolmentPage(
  deps: SignInDeps,
  facts: InteractionFacts,
  person: Person,
): Views['idp/totp-enrolment'] {
  const { offer: again, retry } = facts.progress;
  const who = { loginName: person.loginName, now: deps.clock() };
  const offer = offerTotp(deps.keyring, enrolmentScope(facts, person), { ...who, ...(again && { again }) });
  return enrolmentView(offer, {
    action: `${addressOf(facts)}/second-factor-enrolment`,
    cancelUrl: `${addressOf(facts)}/cancel`,
    name: '',
    errors: retry?.errors ?? [],
    forced: true,
  });
}

async function passkeyPage(
  deps: SignInDeps,
  facts: InteractionFacts,
  person: Person,
): Promise<Views['idp/passkey']> {
  return {
    action: `${addressOf(facts)}/passkey-enrolment`,
    options: JSON.stringify(await offerPasskey(deps, facts, person)),
    name: '',
    errors: facts.progress.retry?.errors ?? [],
    backUrl: `${addressOf(facts)}/cancel`,
    forced: true,
  };
}

async function showAccounts(
  ctx: Context,
  deps: SignInDeps,
  { facts }: Journey,
  person: Person,
  step: 'choose-account' | 'no-account',
): Promise<void> {
  const asks = subsystemLabel(facts, ctx.state.locale);
  if (!asks) throw new Error(`an account was asked for, but ${facts.clientId} belongs to no subsystem`);
  if (step === 'no-account') {
    const ways = { portalUrl: '/', backUrl: `${addressOf(facts)}/cancel` };
    return showPage(ctx, deps, 'idp/no-account', { for: asks, personName: person.name, ...ways });
  }
  const query = new URLSearchParams(ctx.querystring);
  const asked = { query: query.get('q') ?? '', page: query.get('page') ?? '' };
  const choices = await listChoices(deps, facts, person, asked);
  const acr = acrOf(provenIdentity(facts, deps.clock())?.amr ?? []);
  const failed = facts.progress.retry?.errors[0];
  return showPage(
    ctx,
    deps,
    'idp/choose-account',
    chooseAccountView(facts, asks, choices, ctx.state.locale, acr),
    failed && { kind: 'error', key: failed.key },
  );
}

/** Sends a page of this journey. */
export function showPage<V extends keyof Views>(
  ctx: Context,
  deps: SignInDeps,
  view: V,
  data: Views[V],
  status?: PageContext['status'],
): void {
  const { locale } = ctx.state;
  const notices = deps.pageNotices(locale);
  const page: PageContext = { locale, path: ctx.url, app: 'idp', notices };
  ctx.type = 'html';
  ctx.body = deps.renderer.page(view, status ? { ...page, status } : page, data);
}
