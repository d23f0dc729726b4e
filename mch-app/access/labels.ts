import type { Locale } from '#kit/http/locale.ts';
import manifest from '../manifest.json' with { type: 'json' };

interface Labelled {
  code: string;
  label: Record<Locale, string>;
}

const lookup = (entries: Labelled[]) => new Map(entries.map((entry) => [entry.code, entry.label]));
const ROLES = lookup(manifest.roles);
const DUTIES = lookup(manifest.duties);
const MENU_ROLES = lookup(manifest.menuRoles);

/** This system's own names and colour, as it declared them to the single entry. */
export const SUBSYSTEM = { name: manifest.name, shortName: manifest.shortName, colour: manifest.colour };

export const roleLabel = (code: string, locale: Locale): string => ROLES.get(code)?.[locale] ?? code;
export const dutyLabel = (code: string, locale: Locale): string => DUTIES.get(code)?.[locale] ?? code;
export const menuRoleLabel = (code: string, locale: Locale): string => MENU_ROLES.get(code)?.[locale] ?? code;

export const ROLE_CODES: readonly string[] = manifest.roles.map(({ code }) => code);

export const DUTY_CODES: readonly string[] = manifest.duties.map(({ code }) => code);
export const MENU_ROLE_CODES: readonly string[] = manifest.menuRoles.map(({ code }) => code);
/** Every kind of unit that can hold an account here. */
export const UNIT_KINDS: readonly string[] = [
  ...new Set(manifest.duties.flatMap(({ unitKinds }) => unitKinds)),
];
