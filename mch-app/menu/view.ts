import type { Locale } from '#kit/http/locale.ts';
import type { MenuGroup } from '#templates/views.ts';
import type { Menu } from './menu.ts';
import { type MenuNode, functionsOf } from './policy.ts';

const SEPARATOR = ' >> ';

/** The menu as drawn: sections and their groups; the group one is in shows its functions as well. */
export function viewMenu(
  menu: Menu,
  nodes: readonly MenuNode[],
  locale: Locale,
  currentPath = '',
): MenuGroup[] {
  // the back office has a menu of its own
  const isOffice = currentPath.startsWith('admin/') && nodes.some(({ path }) => path === 'admin');
  const shown = isOffice ? nodes.filter(({ path }) => path === 'admin') : nodes;
  return shown.map((node) => {
    const isSection = !node.path.includes('/');
    const isCurrent = node.path === currentPath;
    // what stands within the group one is in has no page to open it by
    const isWithin = node.path.split('/').length > 2;
    const isOpen = isSection || isWithin || isCurrent || currentPath.startsWith(`${node.path}/`);
    return {
      slug: node.slug,
      label: menu.labelOf(node.path, locale),
      rights: node.rights,
      children: isOpen ? viewMenu(menu, node.children, locale, currentPath) : [],
      ...(menu.groups.includes(node.path) || menu.pages.has(node.path) ? { href: `/${node.path}` } : {}),
      ...(isCurrent ? { current: true } : {}),
    };
  });
}

/** Labels from the section down to the place, as the title bar reads them. */
export function breadcrumbOf(menu: Menu, path: string, locale: Locale): string[] {
  const slugs = path.split('/');
  return slugs.map((_slug, index) => menu.labelOf(slugs.slice(0, index + 1).join('/'), locale));
}

/** Each function of the group with what may be done there, and its page. */
export function viewRights(
  menu: Menu,
  group: MenuNode,
  locale: Locale,
): { label: string; letters: string[]; url: string }[] {
  return functionsOf(group).map((node) => ({
    label: breadcrumbOf(menu, node.path, locale).slice(2).join(SEPARATOR),
    letters: node.rights,
    url: `/${node.path}`,
  }));
}
