import { LOCALES, type Locale } from '#kit/http/locale.ts';
import type { Holder } from '../access/index.ts';
import { type Menu, breadcrumbOf, functionsOf } from '../menu/index.ts';
import type { DeskFunction } from './types.ts';

/** The functions `holder` may use, in the order of the menu. */
export function listFunctions(menu: Menu, holder: Holder, locale: Locale): DeskFunction[] {
  return menu
    .visibleTo(holder)
    .flatMap(functionsOf)
    .map(({ path }) => {
      const trail = breadcrumbOf(menu, path, locale);
      return {
        path,
        label: trail.at(-1) ?? '',
        trail: trail.slice(0, -1),
        words: LOCALES.flatMap((each) => breadcrumbOf(menu, path, each)).join(' '),
      };
    });
}
