import type { Locale } from '#kit/http/locale.ts';
import type { FieldError } from '#templates/views.ts';
import { translate } from '#templates/locales.ts';
import { caseField, caseView } from '../console-case/index.ts';
import {
  type InitialToken,
  type RegisteredClient,
  TOKEN_MOST,
  type TokenState,
} from '../registration/index.ts';

export const TOKENS = '/console/registration-tokens';

/** What the form was filled with. */
export interface Filled {
  label: string;
  clients: string;
  days: string;
  reason: string;
}

const key = (name: string): string => `console-registration.${name}`;
const reasonField = (value: string) =>
  caseField('reason', 'console.reason', { kind: 'area', value, hint: { key: 'console.reason-hint' } });

/** The form for one more token. */
export function newTokenView({ label, clients, days, reason }: Filled, errors: FieldError[] = []) {
  return caseView('console-registration-new', {
    params: { ...TOKEN_MOST },
    errors,
    forms: [
      {
        key: key('issue-form'),
        action: `${TOKENS}/new`,
        isDangerous: false,
        fields: [
          caseField('label', key('label'), { value: label, hint: { key: key('label-hint') } }),
          caseField('clients', key('clients'), { kind: 'number', value: clients }),
          caseField('days', key('days'), { kind: 'number', value: days }),
          reasonField(reason),
        ],
      },
    ],
  });
}

/** One token: what it is worth, what was registered with it, and its end. */
export function tokenView(
  locale: Locale,
  token: InitialToken & { state: TokenState },
  clients: RegisteredClient[],
  mayRevoke: boolean,
  filled: { reason: string; errors: FieldError[] } = { reason: '', errors: [] },
) {
  const { label, state, usesLeft, createdAt, expiresAt, revokedAt, handle } = token;
  return caseView('console-registration-one', {
    params: { label, count: clients.length },
    facts: [
      { key: key('state'), textKey: key(`state-${state}`) },
      { key: key('left'), text: String(usesLeft ?? 0) },
      { key: key('reason-given'), text: token.reason },
      { key: key('created'), at: createdAt },
      ...(expiresAt ? [{ key: key('expires'), at: expiresAt }] : []),
      ...(revokedAt ? [{ key: key('revoked'), at: revokedAt }] : []),
    ],
    lines: clients.map(({ clientId, name, isActive }) => ({
      label: name || clientId,
      text: `${clientId} · ${translate(locale, key(isActive ? 'client-active' : 'client-disabled'))}`,
      tone: isActive ? ('success' as const) : ('warning' as const),
    })),
    errors: filled.errors,
    forms:
      mayRevoke && (state === 'open' || state === 'used_up')
        ? [
            {
              key: key('revoke-form'),
              action: `${TOKENS}/${handle}/revocation`,
              isDangerous: true,
              fields: [reasonField(filled.reason)],
            },
          ]
        : [],
  });
}
