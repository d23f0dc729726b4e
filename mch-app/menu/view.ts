import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { MenuGroup } from '#templates/views.ts';
import { GROUP_PATHS, type MenuNode, functionsOf } from './policy.ts';

const SEPARATOR = ' >> ';
const NO_PAGES: ReadonlySet<string> = new Set();

/**
 * The menu as drawn: sections and their groups; the group one is in shows its functions as well. Only what has
 * a page is a link: groups, and the functions in `pages`.
 */
export function viewMenu(
  menu: readonly MenuNode[],
  locale: Locale,
  currentPath = '',
  pages: ReadonlySet<string> = NO_PAGES,
): MenuGroup[] {
  return menu.map((node) => {
    const isSection = !node.path.includes('/');
    const isCurrent = node.path === currentPath;
    const isOpen = isSection || isCurrent || currentPath.startsWith(`${node.path}/`);
    return {
      slug: node.slug,
      label: labelOf(node.path, locale),
      rights: node.rights,
      children: isOpen ? viewMenu(node.children, locale, currentPath, pages) : [],
      ...(GROUP_PATHS.includes(node.path) || pages.has(node.path) ? { href: `/${node.path}` } : {}),
      ...(isCurrent ? { current: true } : {}),
    };
  });
}

/** Labels from the section down to the place, as the title bar reads them. */
export function breadcrumbOf(path: string, locale: Locale): string[] {
  const slugs = path.split('/');
  return slugs.map((_slug, index) => labelOf(slugs.slice(0, index + 1).join('/'), locale));
}

/** Each function of the group with what may be done there, and its page when it has one. */
export function viewRights(
  group: MenuNode,
  locale: Locale,
  pages: ReadonlySet<string> = NO_PAGES,
): { label: string; letters: string[]; url: string }[] {
  return functionsOf(group).map((node) => ({
    label: breadcrumbOf(node.path, locale).slice(2).join(SEPARATOR),
    letters: node.rights,
    url: pages.has(node.path) ? `/${node.path}` : '',
  }));
}

function labelOf(path: string, locale: Locale): string {
  return translate(locale, `menu.${path.replaceAll('/', '.')}`);
}
