import { Fault } from '#kit/errors.ts';
import { grantsOf } from '../access/index.ts';
import { breadcrumbOf, findNode, viewMenu, viewRights, visibleMenu } from '../menu/index.ts';
import { type Handler, sessionOf } from '../sessions/index.ts';
import type { ShowPage } from '../shell/index.ts';

/** GET of a group's page: what this account may do there. @throws Fault forbidden when that is nothing */
export function group(show: ShowPage, path: string, pages: ReadonlySet<string>): Handler {
  return async (ctx) => {
    const { locale } = ctx.state;
    const menu = visibleMenu(grantsOf(sessionOf(ctx).account));
    const node = findNode(menu, path);
    if (!node) throw new Fault('forbidden');
    const [drawn] = viewMenu([node], locale, path, pages);
    if (!drawn) throw new Error(`${path} is not drawn`);
    show(ctx, 'mch-app/group', {
      menu: viewMenu(menu, locale, path, pages),
      breadcrumb: breadcrumbOf(path, locale),
      group: drawn,
      rights: viewRights(node, locale, pages),
    });
  };
}
