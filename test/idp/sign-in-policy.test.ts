import { ACR_MFA, ACR_PASSWORD, ACR_PHISHING_RESISTANT } from '#idp/authenticators/index.ts';
import { type JourneyFacts, nextStep } from '#idp/sign-in/policy.ts';
import type { AccountChoice, InteractionFacts, Person } from '#idp/sign-in/types.ts';
import { NOW, SECONDS, both, bound, interaction, person, pwd, session } from './sign-in-facts.ts';

interface Row {
  name: string;
  facts?: Partial<InteractionFacts>;
  person?: Partial<Person>;
  choice?: AccountChoice;
  rules?: 'nist';
  step: string;
}

const rows: Row[] = [
  { name: 'nobody is known', step: 'password' },
  { name: 'the password is proven', facts: { progress: pwd }, step: 'done' },
  {
    name: 'a code without a password',
    facts: { progress: { accountId: 'p1', amr: ['otp'] } },
    step: 'password',
  },
  {
    name: 'disabled meanwhile',
    facts: { progress: pwd },
    person: { status: 'disabled' },
    step: 'refused account_disabled',
  },
  {
    name: 'expired this moment',
    facts: { progress: pwd },
    person: { expiresAt: NOW },
    step: 'refused account_expired',
  },
  {
    name: 'a manager',
    facts: { progress: pwd },
    person: { role: 'unit_manager', hasTotp: true },
    step: 'second-factor',
  },
  {
    name: 'a national administrator',
    facts: { progress: pwd },
    person: { role: 'hpa_admin', hasTotp: true },
    step: 'second-factor',
  },
  {
    name: 'an operator',
    facts: { progress: pwd },
    person: { role: 'platform_ops', hasTotp: true },
    step: 'second-factor',
  },
  {
    name: 'a manager with both factors',
    facts: { progress: both },
    person: { role: 'unit_manager', hasTotp: true },
    step: 'done',
  },
  {
    name: 'a manager without a second factor',
    facts: { progress: pwd },
    person: { role: 'unit_manager' },
    step: 'enrol-second-factor',
  },
  {
    name: 'a manager without a second factor whom only the session knows',
    facts: { prompt: 'select_account', session: session(['pwd']) },
    person: { role: 'unit_manager' },
    step: 'password',
  },
  { name: 'an app of choice', facts: { progress: pwd }, person: { hasTotp: true }, step: 'second-factor' },
  {
    name: 'an old password',
    facts: { progress: pwd },
    person: { passwordChangedAt: new Date('2025-12-02T04:00:00Z') },
    step: 'change-password',
  },
  {
    name: 'an old password under nist',
    rules: 'nist',
    facts: { progress: pwd },
    person: { passwordChangedAt: new Date('2020-01-01') },
    step: 'done',
  },
  {
    name: 'a password set by somebody else',
    facts: { progress: pwd },
    person: { mustChangePassword: true },
    step: 'change-password',
  },
  {
    name: 'the second factor comes before the change',
    facts: { progress: pwd },
    person: { role: 'unit_manager', hasTotp: true, mustChangePassword: true },
    step: 'second-factor',
  },
  {
    name: 'the change comes before the account',
    facts: { progress: pwd },
    person: { mustChangePassword: true },
    choice: { total: 2 },
    step: 'change-password',
  },

  {
    name: 'a session, for a choice',
    facts: { prompt: 'select_account', reasons: ['account_not_chosen'], session: session(['pwd']) },
    choice: { total: 2 },
    step: 'choose-account',
  },
  {
    name: 'a session, but login is asked for',
    facts: { reasons: ['login_prompt'], session: session(['pwd']) },
    step: 'password',
  },
  {
    name: 'a session older than max_age',
    facts: { reasons: ['max_age'], maxAge: 30, session: session(['pwd']) },
    step: 'password',
  },
  {
    name: 'max_age and a stronger class together',
    facts: { reasons: ['max_age', 'acr_values'], session: session(['pwd']) },
    person: { hasTotp: true },
    step: 'password',
  },
  {
    name: 'max_age already passed for a choice',
    facts: { prompt: 'select_account', reasons: [], maxAge: 30, session: session(['pwd']) },
    choice: { total: 2 },
    step: 'password',
  },
  {
    name: 'a session of another person than asked for',
    facts: { reasons: ['id_token_hint'], session: session(['pwd']) },
    step: 'password',
  },
  {
    name: 'a session of a disabled person',
    facts: { reasons: ['acr_values'], session: session(['pwd']) },
    person: { status: 'disabled' },
    step: 'password',
  },
  {
    name: 'a step up soon after the password',
    facts: { reasons: ['acr_values'], requestedAcr: [ACR_MFA], session: session(['pwd']) },
    person: { hasTotp: true },
    step: 'second-factor',
  },
  {
    name: 'a step up long after the password',
    facts: { reasons: ['acr_values'], requestedAcr: [ACR_MFA], session: session(['pwd'], 3601) },
    person: { hasTotp: true },
    step: 'password',
  },
  {
    name: 'a step up done',
    facts: {
      reasons: ['acr_values'],
      requestedAcr: [ACR_MFA],
      session: session(['pwd']),
      progress: { accountId: 'p1', amr: ['pwd', 'otp', 'mfa'] },
    },
    person: { hasTotp: true },
    step: 'done',
  },
  {
    name: 'a class that the session has, but the request does not take',
    facts: { reasons: ['essential_acr'], requestedAcr: [ACR_PASSWORD], session: session(['pwd', 'otp']) },
    step: 'password',
  },
  {
    name: 'a step up done by somebody else',
    facts: {
      reasons: ['acr_values'],
      requestedAcr: [ACR_MFA],
      session: session(['pwd']),
      progress: { accountId: 'p2', amr: ['pwd', 'otp', 'mfa'] },
    },
    person: { hasTotp: true },
    step: 'second-factor',
  },
  {
    name: 'a class nobody reaches',
    facts: { progress: both, requestedAcr: [ACR_PHISHING_RESISTANT] },
    person: { hasTotp: true },
    step: 'refused second_factor_missing',
  },
  {
    name: 'one of two classes reached',
    facts: { progress: pwd, requestedAcr: [ACR_PHISHING_RESISTANT, ACR_PASSWORD] },
    step: 'done',
  },

  { name: 'no account', facts: { progress: pwd }, choice: { total: 0 }, step: 'no-account' },
  { name: 'one account', facts: { progress: pwd }, choice: { total: 1, only: bound('a') }, step: 'done a' },
  {
    name: 'one account, but the choice is asked for',
    facts: { progress: pwd, reasons: ['select_account_prompt'] },
    choice: { total: 1, only: bound('a') },
    step: 'choose-account',
  },
  {
    name: 'a login that also asks for the choice',
    facts: { progress: pwd, mustChooseAccount: true },
    choice: { total: 1, only: bound('a') },
    step: 'choose-account',
  },
  { name: 'two accounts', facts: { progress: pwd }, choice: { total: 2 }, step: 'choose-account' },
  {
    name: 'one asked for',
    facts: { progress: pwd, requestedSubsystemAccountId: 'b' },
    choice: { total: 1, named: bound('b') },
    step: 'done b',
  },
  {
    name: 'one asked for that is not to be had',
    facts: { progress: pwd, requestedSubsystemAccountId: 'x' },
    choice: { total: 1, only: bound('a') },
    step: 'choose-account',
  },
  {
    name: 'one picked',
    facts: { progress: { ...pwd, subsystemAccountId: 'b' }, mustChooseAccount: true },
    choice: { total: 1, named: bound('b') },
    step: 'done b',
  },
  {
    name: 'one picked that was unbound meanwhile',
    facts: { progress: { ...pwd, subsystemAccountId: 'b' } },
    choice: { total: 2 },
    step: 'choose-account',
  },
  {
    name: 'one that wants more',
    facts: { progress: { ...pwd, subsystemAccountId: 'm' } },
    person: { hasTotp: true },
    choice: { total: 1, named: bound('m', ACR_MFA) },
    step: 'second-factor',
  },
  {
    name: 'one that wants more, proven',
    facts: { progress: { ...both, subsystemAccountId: 'm' } },
    person: { hasTotp: true },
    choice: { total: 1, named: bound('m', ACR_MFA) },
    step: 'done m',
  },
  {
    name: 'one that wants more than there is',
    facts: { progress: pwd },
    choice: { total: 1, only: bound('m', ACR_MFA) },
    step: 'enrol-second-factor',
  },
  {
    name: 'consent',
    facts: { prompt: 'consent', reasons: ['op_scopes_missing'], session: session(['pwd']) },
    step: 'consent',
  },
  {
    name: 'consent without a session',
    facts: { prompt: 'consent', reasons: ['op_scopes_missing'] },
    step: 'password',
  },
];

describe('the next step', () => {
  it.each(rows.map((row): [string, Row] => [`${row.name}: ${row.step}`, row]))('%s', (_title, row) => {
    const facts: JourneyFacts = {
      interaction: interaction(row.facts),
      rules: row.rules ?? 'deck',
      person: person(row.person),
      ...(row.choice && { choice: row.choice }),
    };
    const next = nextStep(facts, NOW);
    const detail =
      next.step === 'refused'
        ? ` ${next.reason}`
        : next.step === 'done'
          ? ` ${next.result.subsystemAccountId ?? ''}`
          : '';
    expect(`${next.step}${detail}`.trim()).toBe(row.step);
  });

  it('keeps the older time of the password when only a code was added', () => {
    const facts = interaction({
      reasons: ['acr_values'],
      requestedAcr: [ACR_MFA],
      session: session(['pwd'], 900),
      progress: { accountId: 'p1', amr: ['pwd', 'otp', 'mfa'] },
    });
    expect(nextStep({ interaction: facts, rules: 'deck', person: person({ hasTotp: true }) }, NOW)).toEqual({
      step: 'done',
      result: { accountId: 'p1', acr: ACR_MFA, amr: ['pwd', 'otp', 'mfa'], authTime: SECONDS - 900 },
    });
  });
});
