import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { MenuGroup } from '#templates/views.ts';
import { GROUP_PATHS, type MenuNode, functionsOf } from './policy.ts';

const SEPARATOR = ' >> ';

/**
 * The menu as drawn: sections and their groups; the group one is in shows its functions as well. Only what has
 * a page is a link.
 */
export function viewMenu(menu: readonly MenuNode[], locale: Locale, currentPath = ''): MenuGroup[] {
  return menu.map((node) => {
    const isSection = !node.path.includes('/');
    const isCurrent = node.path === currentPath;
    const isOpen = isSection || isCurrent || currentPath.startsWith(`${node.path}/`);
    return {
      slug: node.slug,
      label: labelOf(node.path, locale),
      rights: node.rights,
      children: isOpen ? viewMenu(node.children, locale, currentPath) : [],
      ...(GROUP_PATHS.includes(node.path) ? { href: `/${node.path}` } : {}),
      ...(isCurrent ? { current: true } : {}),
    };
  });
}

/** Labels from the section down to the place, as the title bar reads them. */
export function breadcrumbOf(path: string, locale: Locale): string[] {
  const slugs = path.split('/');
  return slugs.map((_slug, index) => labelOf(slugs.slice(0, index + 1).join('/'), locale));
}

/** Each function of the group with what may be done there. */
export function viewRights(group: MenuNode, locale: Locale): { label: string; letters: string[] }[] {
  return functionsOf(group).map((node) => ({
    label: breadcrumbOf(node.path, locale).slice(2).join(SEPARATOR),
    letters: node.rights,
  }));
}

function labelOf(path: string, locale: Locale): string {
  return translate(locale, `menu.${path.replaceAll('/', '.')}`);
}
