import type { Locale } from '#kit/http/locale.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { Change } from '#templates/views/console.ts';
import { translate } from '#templates/locales.ts';
import { SUBSYSTEM_ACCOUNTS, TONES, addressOf, placeOf } from './list.ts';
import type { Offer } from './service/facts.ts';
import type { AccessForm, AdministeredAccount } from './types.ts';

interface Shown {
  account: AdministeredAccount;
  offer: Offer;
  form: AccessForm;
  was: AccessForm;
  lookOnlyKey: string;
  meanwhile: Change[];
  reason: string;
  errors: FieldError[];
}

/** P-51 as its page shows it. */
export function accessView(
  { account, offer, form, was, lookOnlyKey, meanwhile, reason, errors }: Shown,
  locale: Locale,
): Views['idp/console-rights'] {
  const { manifest, quota } = offer;
  const isFull = quota.used >= quota.limit;
  const wasManager = manifest.roles.some(({ code, manages }) => code === account.role && manages);
  return {
    id: account.id,
    facts: [
      { key: 'console-people.unit', text: (locale === 'en' && account.unitNameEn) || account.unitName },
      { key: 'console-subsystem-accounts.place', text: placeOf(account, locale) },
      { key: 'console-person.system', text: manifest.name[locale] },
      { key: 'console-people.name', text: account.holderName },
      {
        key: 'console-people.status',
        textKey: `console-person.status-${account.status}`,
        tone: TONES[account.status],
      },
      ...(lookOnlyKey === '' ? [] : rightsInForce(account, offer, locale)),
    ],
    lookOnlyKey,
    action: addressOf(account),
    cancelUrl: SUBSYSTEM_ACCOUNTS,
    was: JSON.stringify(was),
    meanwhile,
    quota: { key: isFull ? 'console-rights.quota-full' : 'console-rights.quota', ...quota },
    roles: manifest.roles.map(({ code, label, manages }) => ({
      value: code,
      label: label[locale],
      selected: code === form.role,
      disabled: manages && !wasManager && (isFull || !offer.mayMakeManagers),
    })),
    duties: offer.duties.map(({ code, label }) => choice(code, label[locale], code === form.duty)),
    menus: offer.duties.map(({ code, label, menuRoles }) => ({
      duty: code,
      label: label[locale],
      roles: menuRoles.map((role) =>
        choice(role, menuLabel(offer, role, locale), code === form.duty && form.menuRoles.includes(role)),
      ),
    })),
    statuses: (['active', 'disabled'] as const).map((status) =>
      choice(status, translate(locale, `console-person.status-${status}`), status === form.status),
    ),
    reason,
    errors,
  };
}

/** What somebody else changed, in words. */
export function changesBetween(offer: Offer, was: AccessForm, now: AccessForm, locale: Locale): Change[] {
  const { manifest } = offer;
  const label = (of: { code: string; label: Record<Locale, string> }[], code: string): string =>
    of.find((each) => each.code === code)?.label[locale] ?? code;
  const menus = (form: AccessForm): string =>
    form.menuRoles.map((role) => menuLabel(offer, role, locale)).join(', ');
  const status = (form: AccessForm): string => translate(locale, `console-person.status-${form.status}`);
  const rows = [
    {
      key: 'console-person.subsystem-role',
      before: label(manifest.roles, was.role),
      after: label(manifest.roles, now.role),
    },
    {
      key: 'console-rights.duty',
      before: label(manifest.duties, was.duty),
      after: label(manifest.duties, now.duty),
    },
    { key: 'console-rights.menu-roles', before: menus(was), after: menus(now) },
    { key: 'console-people.status', before: status(was), after: status(now) },
  ];
  return rows.filter(({ before, after }) => before !== after);
}

function rightsInForce(account: AdministeredAccount, { manifest }: Offer, locale: Locale) {
  const role = manifest.roles.find(({ code }) => code === account.role)?.label[locale] ?? account.role;
  const duty = manifest.duties.find(({ code }) => code === account.duty)?.label[locale] ?? account.duty;
  const menus = manifest.menuRoles.filter(({ code }) => account.menuRoles.includes(code));
  return [
    { key: 'console-person.subsystem-role', text: role },
    { key: 'console-rights.duty', text: duty },
    { key: 'console-rights.menu-roles', text: menus.map(({ label }) => label[locale]).join(', ') },
  ];
}

function menuLabel({ manifest }: Offer, code: string, locale: Locale): string {
  return manifest.menuRoles.find((role) => role.code === code)?.label[locale] ?? code;
}

function choice(value: string, label: string, selected: boolean) {
  return { value, label, selected, disabled: false };
}
