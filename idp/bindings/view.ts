import type { Locale } from '#kit/http/locale.ts';
import type { RequestRow } from '#templates/views/access-requests.ts';
import type { FieldError, SubsystemLabel, Views } from '#templates/views.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import type { BindingProblem } from './service/bind.ts';
import { labelOf } from './store.ts';
import type { OwnBinding, UnboundAccount } from './types.ts';

export const BINDINGS = '/account/bindings';

type Row = Views['idp/bindings']['bindings'][number];

export interface TypedBinding {
  name: string;
  subsystemCode: string;
  subsystemAccountId: string;
}

export function bindingsView(
  registry: ClientRegistry,
  locale: Locale,
  own: { bindings: OwnBinding[]; unbound: UnboundAccount[]; pending: RequestRow[] },
  form: { typed: TypedBinding; errors: FieldError[]; demo: boolean },
): Views['idp/bindings'] {
  const favourites = own.bindings.filter((binding) => binding.favourite);
  return {
    action: BINDINGS,
    bindings: own.bindings.map((binding) => ({
      ...bindingRow(registry, locale, binding),
      first: favourites[0]?.id === binding.id,
      last: favourites.at(-1)?.id === binding.id,
    })),
    unbound: own.unbound.map((account) => ({
      id: account.id,
      subsystem: labelled(registry, locale, account.subsystemCode),
      unit: unitOf(account, locale),
      fillUrl: `${BINDINGS}?account=${encodeURIComponent(account.id)}#form`,
    })),
    pending: own.pending,
    systems: provableSystems(registry, locale).map((system) => ({
      ...system,
      selected: system.code === form.typed.subsystemCode,
    })),
    typed: form.typed,
    errors: form.errors,
    demo: form.demo,
  };
}

export function bindingRow(registry: ClientRegistry, locale: Locale, binding: OwnBinding): Row {
  const { id, subsystemCode, role, status, favourite, lastUsedAt } = binding;
  const address = `${BINDINGS}/${encodeURIComponent(id)}`;
  return {
    id,
    binding: binding.binding,
    subsystem: labelled(registry, locale, subsystemCode),
    unit: unitOf(binding, locale),
    roleLabel: labelOf(registry.subsystem(subsystemCode)?.manifest.roles, role)[locale],
    favourite,
    first: true,
    last: true,
    address,
    dialog: `remove-${id.replaceAll(/[^\w]/g, '-')}`,
    ...(status !== 'active' && { standing: { key: `bindings.status-${status}` } }),
    ...(lastUsedAt && { lastUsedAt }),
  };
}

/** The systems in use: each proves its accounts here or by itself. */
function provableSystems(registry: ClientRegistry, locale: Locale): SubsystemLabel[] {
  return registry
    .list()
    .flatMap(({ active, subsystem }) => (active && subsystem ? [subsystem] : []))
    .map(({ code }) => labelled(registry, locale, code));
}

function labelled(registry: ClientRegistry, locale: Locale, code: string): SubsystemLabel {
  const subsystem = registry.subsystem(code);
  return { code, name: subsystem?.name[locale] ?? code, colour: subsystem?.colour ?? 1 };
}

function unitOf(at: { unitCode: string; unitName: string; unitNameEn: string }, locale: Locale) {
  return { code: at.unitCode, name: locale === 'en' ? at.unitNameEn : at.unitName };
}

const FIELDS: Record<BindingProblem, FieldError> = {
  name_missing: { field: 'name', key: 'bindings.name-required' },
  name_too_long: { field: 'name', key: 'bindings.name-too-long' },
  name_taken: { field: 'name', key: 'bindings.name-taken' },
  subsystem_missing: { field: 'subsystem', key: 'bindings.subsystem-required' },
  account_missing: { field: 'subsystem_account', key: 'bindings.account-required' },
  password_missing: { field: 'subsystem_password', key: 'bindings.password-required' },
  already_yours: { field: 'subsystem_account', key: 'bindings.already-yours' },
  failed: { field: 'subsystem_password', key: 'bindings.failed' },
  unreachable: { field: 'subsystem', key: 'bindings.unreachable' },
  unusable: { field: 'subsystem', key: 'bindings.unusable' },
};

export function bindingErrors(problems: BindingProblem[]): FieldError[] {
  return problems.map((problem) => FIELDS[problem]);
}
