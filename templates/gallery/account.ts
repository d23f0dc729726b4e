import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { invented } from './invented.ts';

/** The pages on which people arrange their own account. */
export function accountSamples(locale: Locale): Sample[] {
  const { systems, accounts, person } = invented(locale);
  const page = { signedIn: { name: person, signOutUrl: '#main' } };
  const rows = [...accounts.mch, ...accounts.cancer].map((account, at) => ({
    ...account,
    subsystem: at < 2 ? systems.mch : systems.cancer,
    unit: { code: account.unitCode, name: account.unitName },
    status: at === 2 ? ('suspended' as const) : ('active' as const),
    favourite: at < 2,
    first: at === 0,
    last: at === 1,
    address: '#main',
    dialog: `remove-${at}`,
  }));
  const [first] = rows;
  if (!first) throw new Error('the invented world has accounts');
  const list = {
    action: '#form',
    unbound: [],
    systems: [systems.mch, systems.cancer].map((system) => ({ ...system, selected: false })),
    leftOut: [systems.smoking.name],
    typed: { name: '', subsystemCode: '', subsystemAccountId: '' },
    errors: [],
    demo: true,
  };
  const unit = { code: first.unitCode, name: first.unit.name };
  return [
    {
      name: 'bindings',
      view: 'idp/bindings',
      page,
      data: {
        ...list,
        bindings: rows,
        unbound: [{ id: 'P@00000001P@mbh_09', subsystem: systems.mch, unit, fillUrl: '#form' }],
      },
    },
    {
      name: 'bindings-refused',
      view: 'idp/bindings',
      page,
      data: {
        ...list,
        bindings: [],
        typed: { name: first.binding, subsystemCode: 'mch', subsystemAccountId: 'P@00000001P@mbh_09' },
        errors: [{ field: 'subsystem_password', key: 'bindings.failed' }],
      },
    },
    {
      name: 'binding',
      view: 'idp/binding',
      page,
      data: {
        ...first,
        typed: first.binding,
        errors: [{ field: 'name', key: 'bindings.name-taken' }],
        backUrl: '#main',
      },
    },
    { name: 'binding-removal', view: 'idp/binding-removal', page, data: { ...first, backUrl: '#main' } },
  ];
}
