import { type Form, readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import type { FormField } from '#templates/views/console-question.ts';
import { type AccountRole, normaliseNationalId, openNationalId } from '../accounts/index.ts';
import { callerOf } from '../audit/index.ts';
import type { ConsoleRouter, Deed } from '../permissions/index.ts';
import { resign } from '../life-cycle/index.ts';
import { confirmNationalId } from '../profile/index.ts';
import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import type { ConsoleCaller } from '../permissions/index.ts';
import { showForm } from './form-page.ts';
import { ACCOUNTS } from './list.ts';
import { administrationRefusal, grantableRoles } from './policy.ts';
import { readReason } from './reason.ts';
import { getReach, getSubject } from './service/reach.ts';
import { changeRole, moveAccount } from './service/standing.ts';
import type { AccountAdministrationDeps, Doer, Subject } from './types.ts';

/** One question about an account: its fields, and what is done with the answers. */
interface Question {
  name: 'role' | 'unit' | 'resignation' | 'id-confirmation';
  deed: Deed;
  isDangerous: boolean;
  fields(ctx: Context, caller: ConsoleCaller, subject: Subject, typed: (name: string) => string): FormField[];
  /** @returns what is wrong, by field */
  answer(
    deps: AccountAdministrationDeps,
    doer: Doer,
    subject: Subject,
    asked: { form: Form; reason: string },
  ): Promise<FieldError | undefined>;
}

const ROLE: Question = {
  name: 'role',
  deed: 'accounts.change_role',
  isDangerous: false,
  fields: (ctx, caller, subject, typed) => [
    {
      name: 'role',
      key: 'console-people.role',
      kind: 'select',
      value: typed('role'),
      required: true,
      options: grantableRoles(caller.role)
        .filter((role) => role !== subject.role)
        .map((role) => ({
          value: role,
          label: translate(ctx.state.locale, `console-people.role-${role}`),
          selected: role === typed('role'),
        })),
    },
  ],
  async answer(deps, doer, { id }, { form, reason }) {
    const role = form.get('role') as AccountRole;
    const refusal = await changeRole(deps, doer, id, { role, reason });
    return refusal && { field: 'role', key: `console-person.refused-${refusal}` };
  },
};

const UNIT: Question = {
  name: 'unit',
  deed: 'accounts.move',
  isDangerous: false,
  fields: (_ctx, _caller, _subject, typed) => [
    {
      name: 'unit',
      key: 'console-person.new-unit',
      kind: 'text',
      value: typed('unit'),
      hintKey: 'console-person.new-unit-hint',
      required: true,
      maxlength: 10,
    },
    {
      name: 'disable_accounts',
      key: 'console-person.disable-accounts',
      kind: 'checkbox',
      value: 'yes',
      checked: typed('disable_accounts') === 'yes',
    },
  ],
  async answer(deps, doer, { id }, { form, reason }) {
    const unitCode = form.get('unit').normalize('NFKC').trim().toUpperCase();
    const disablesAccounts = form.get('disable_accounts') === 'yes';
    const refusal = await moveAccount(deps, doer, id, { unitCode, disablesAccounts, reason });
    return refusal && { field: 'unit', key: `console-person.refused-${refusal}` };
  },
};

/** P-52, SM-12: whoever left, with all that was theirs; the last manager of a unit names who takes over. */
const RESIGNATION: Question = {
  name: 'resignation',
  deed: 'accounts.disable',
  isDangerous: true,
  fields: (_ctx, _caller, subject, typed) =>
    subject.role === 'unit_manager'
      ? [
          {
            name: 'successor',
            key: 'console-person.successor',
            kind: 'text',
            value: typed('successor'),
            hintKey: 'console-person.successor-hint',
            maxlength: 30,
          },
        ]
      : [],
  async answer(deps, { caller }, subject, { form, reason }) {
    const successor = form.get('successor').trim();
    const reach = getReach(caller, 'accounts.disable');
    const outcome = await resign(deps, {
      loginName: subject.loginName,
      reason,
      actorAccountId: caller.accountId,
      ...(successor !== '' && { successor }),
      guard: (_trx, leaver) =>
        administrationRefusal(caller, reach, leaver)
          ? Promise.reject(new Fault('forbidden'))
          : Promise.resolve(),
    });
    if (outcome.resigned) return undefined;
    const field = outcome.reason.startsWith('successor') ? 'successor' : 'reason';
    return { field, key: `console-person.refused-${outcome.reason}` };
  },
};

/**
 * P-23: whoever has seen a document types the number on it; the one its owner declared is shown to nobody. From then
 * on it tells whose subsystem accounts are.
 */
const ID_CONFIRMATION: Question = {
  name: 'id-confirmation',
  deed: 'accounts.change',
  isDangerous: false,
  fields: (_ctx, _caller, _subject, typed) => [
    {
      name: 'national_id',
      key: 'console-people.national-id',
      kind: 'text',
      value: typed('national_id'),
      hintKey: 'console-person.id-confirmation.hint',
      required: true,
      maxlength: 20,
    },
  ],
  async answer({ db, keyring }, { caller }, subject, { form, reason }) {
    const declared = openNationalId(keyring, subject.nationalIdSealed, subject.id);
    const refused = (why: string) => ({ field: 'national_id', key: `console-person.refused-${why}` });
    if (!subject.declaredAt) return refused('nothing_declared');
    if (normaliseNationalId(form.get('national_id')) !== declared) return refused('other_number');
    const by = { accountId: caller.accountId };
    const refusal = await confirmNationalId(db, subject.id, { reason, seen: subject.declaredAt }, by);
    return refusal && refused(refusal);
  },
};

/** P-44, P-52: role, unit and leaving; each asks at its address and is done there. */
export function addStandingRoutes(router: ConsoleRouter, deps: AccountAdministrationDeps): void {
  for (const question of [ROLE, UNIT, RESIGNATION, ID_CONFIRMATION]) {
    const { name, deed, isDangerous } = question;
    const path = `${ACCOUNTS}/:id/${name}`;

    router.get(path, deed, async (ctx, caller) => {
      const subject = await subjectFor(deps, caller, deed, ctx.params['id'] ?? '');
      const query = new URLSearchParams(ctx.querystring);
      const typed = (field: string) => (field === 'disable_accounts' ? 'yes' : (query.get(field) ?? ''));
      const fields = question.fields(ctx, caller, subject, typed);
      showForm(deps, ctx, caller, subject, { name, fields, reason: '', errors: [], isDangerous });
    });

    router.post(path, deed, async (ctx, caller) => {
      const form = await readForm(ctx);
      const subject = await subjectFor(deps, caller, deed, ctx.params['id'] ?? '');
      const { reason, errors } = readReason(form);
      const from = callerOf(ctx, deps.config.trustedProxyHops);
      const wrong =
        errors.length > 0
          ? undefined
          : await question.answer(deps, { caller, from }, subject, { form, reason });
      if (errors.length === 0 && !wrong) return seeOther(ctx, `${ACCOUNTS}/${subject.id}?done=${name}`);
      ctx.status = wrong ? 409 : 422;
      const fields = question.fields(ctx, caller, subject, (field) => form.get(field));
      showForm(deps, ctx, caller, subject, {
        name,
        fields,
        reason,
        errors: wrong ? [wrong] : errors,
        isDangerous,
      });
    });
  }
}

/** @throws Fault not_found out of reach, forbidden for an account the caller only looks at */
async function subjectFor(
  deps: AccountAdministrationDeps,
  caller: ConsoleCaller,
  deed: Deed,
  id: string,
): Promise<Subject> {
  const reach = getReach(caller, deed);
  const subject = await getSubject(deps.db, reach, id);
  if (administrationRefusal(caller, reach, subject)) throw new Fault('forbidden');
  return subject;
}
