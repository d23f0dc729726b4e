import { interactionPolicy } from 'oidc-provider';
import { ACR_VALUES, satisfiesAcr } from '../authenticators/index.ts';
import { currentWork } from './storage/unit-of-work.ts';

const { Check, Prompt, base } = interactionPolicy;

/**
 * When the person is asked, in this order: to sign in (again, or more strongly), to choose an account, to
 * consent. The library evaluates one prompt's checks together; the first prompt with a failing check wins.
 */
export function buildPrompts(): InstanceType<typeof Prompt>[] {
  const policy = base();
  const login = policy.get('login');
  login?.checks.add(
    new Check('acr_values', 'a stronger authentication is requested', 'login_required', (ctx) => {
      const wanted = knownClasses(ctx.oidc.params?.['acr_values']);
      return wanted.length > 0 && !wanted.some((acr) => satisfiesAcr(ctx.oidc.session?.acr, acr));
    }),
  );
  login?.checks.add(
    new Check('account_unavailable', 'the account is not available', 'login_required', (ctx) => {
      return ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined;
    }),
  );
  login?.checks.add(
    new Check(
      'account_acr',
      'the chosen account needs a stronger authentication',
      'interaction_required',
      () => currentWork().selection?.kind === 'stronger_sign_in',
    ),
  );
  policy.add(
    new Prompt(
      { name: 'select_account', requestable: true },
      new Check('account_missing', 'there is no account to act as', 'interaction_required', () => {
        return currentWork().selection?.kind === 'none';
      }),
      new Check('account_not_chosen', 'an account must be chosen', 'account_selection_required', () => {
        return currentWork().selection?.kind === 'ask';
      }),
    ),
    1,
  );
  const consent = policy.get('consent');
  consent?.checks.remove('native_client_prompt');
  consent?.checks.remove('rar_prompt');
  consent?.checks.add(
    new Check('details_not_allowed', 'the details are not allowed', 'consent_required', ({ oidc }) => {
      const { params, client, result } = oidc;
      const isAsked = params?.['authorization_details'] !== undefined;
      return isAsked && client?.['first_party'] !== true && !result?.consent;
    }),
  );
  return policy;
}

/** The classes of `acr_values` that we know; the parameter is a wish, so unknown ones are passed over. */
export function knownClasses(acrValues: unknown): string[] {
  const asked = typeof acrValues === 'string' ? acrValues.split(' ') : [];
  return asked.filter((acr) => (ACR_VALUES as readonly string[]).includes(acr));
}
