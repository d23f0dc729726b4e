import { Fault } from '#kit/errors.ts';
import { type Menu, breadcrumbOf, findNode, viewMenu, viewRights } from '../menu/index.ts';
import { type Handler, sessionOf } from '../sessions/index.ts';
import type { ShowPage } from '../shell/index.ts';

/** GET of a group's page: what this account may do there. @throws Fault forbidden when that is nothing */
export function group(show: ShowPage, path: string, menu: Menu): Handler {
  return async (ctx) => {
    const { locale } = ctx.state;
    const visible = menu.visibleTo(sessionOf(ctx).account);
    const node = findNode(visible, path);
    if (!node) throw new Fault('forbidden');
    const [drawn] = viewMenu(menu, [node], locale, path);
    if (!drawn) throw new Error(`${path} is not drawn`);
    show(ctx, 'mch-app/group', {
      menu: viewMenu(menu, visible, locale, path),
      breadcrumb: breadcrumbOf(menu, path, locale),
      group: drawn,
      rights: viewRights(menu, node, locale),
    });
  };
}
