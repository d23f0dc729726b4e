import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { caseField, caseView, options } from '../console-case/index.ts';
import { GUARDED_ROLES } from './policy.ts';
import type { Network, NetworkRefusal } from './types.ts';

/** What the form was filled with. */
export interface Filled {
  role: string;
  network: string;
  note: string;
}

const key = (name: string): string => `console-allow-list.${name}`;

/** The form for one more network. */
export function newNetworkView(locale: Locale, address: string, filled: Filled, reason?: NetworkRefusal) {
  const roleName = (role: string): string => translate(locale, key(`role-${role}`));
  return caseView('console-allow-list-new', {
    params: { address },
    errors: reason ? [{ field: 'network', key: key(`fault-${reason}`), params: { address } }] : [],
    forms: [
      {
        key: key('add-form'),
        action: '/console/addresses',
        isDangerous: false,
        fields: [
          caseField('role', key('role'), {
            kind: 'select',
            options: options(GUARDED_ROLES, filled.role, roleName),
          }),
          caseField('network', key('network'), { value: filled.network, hint: { key: key('network-hint') } }),
          caseField('note', key('note'), { value: filled.note }),
        ],
      },
    ],
  });
}

/** One network, and how to take it away. */
export function networkView(
  _locale: Locale,
  network: Network,
  mayChange: boolean,
  reason: string,
  fault?: NetworkRefusal | 'reason_missing',
) {
  return caseView('console-allow-list-one', {
    params: { network: network.network },
    facts: [
      { key: key('network'), text: network.network },
      { key: key('role'), textKey: key(`role-${network.role}`) },
      { key: key('note'), text: network.note },
      network.addedBy === null
        ? { key: key('added-by'), textKey: key('by-command') }
        : { key: key('added-by'), text: network.addedBy },
      { key: key('added-at'), at: network.addedAt },
    ],
    errors: fault
      ? [
          {
            field: 'reason',
            key: fault === 'reason_missing' ? 'console.reason-missing' : key(`fault-${fault}`),
          },
        ]
      : [],
    forms: mayChange
      ? [
          {
            key: key('remove-form'),
            action: `/console/addresses/${network.id}/removal`,
            isDangerous: true,
            fields: [
              caseField('reason', 'console.reason', {
                kind: 'area',
                value: reason,
                hint: { key: 'console.reason-hint' },
              }),
            ],
          },
        ]
      : [],
  });
}
