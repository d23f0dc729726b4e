import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locale } from '#kit/http/locale.ts';
import type { AccountOption, MenuGroup, SubsystemLabel } from '../views.ts';

/** People, units and accounts that exist nowhere. */
export interface Invented {
  person: string;
  systems: { mch: SubsystemLabel; cancer: SubsystemLabel; smoking: SubsystemLabel };
  accounts: {
    mch: [AccountOption, AccountOption];
    cancer: AccountOption[];
    smoking: AccountOption[];
    many: AccountOption[];
  };
  menu: MenuGroup[];
  menuRoles: string[];
  rights: { label: string; letters: string[]; url: string }[];
}

/** The invented world in one language, from `invented.<locale>.json`. */
export function invented(locale: Locale): Invented {
  const file = path.join(import.meta.dirname, `invented.${locale}.json`);
  return JSON.parse(readFileSync(file, 'utf8'), (key, value: unknown) =>
    key === 'lastUsedAt' ? new Date(String(value)) : value,
  ) as Invented;
}
