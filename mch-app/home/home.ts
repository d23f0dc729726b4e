import { dutyLabel, menuRoleLabel, roleLabel } from '../access/index.ts';
import { type News, newsView } from '../content/index.ts';
import { type Menu, viewMenu } from '../menu/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../sessions/index.ts';
import type { DeskFacts, ShowPage } from '../shell/index.ts';
import { type CountedTodo, viewTodos } from '../todos/index.ts';

/** GET /: who one is here, and what one may do. */
export function home(
  show: ShowPage,
  menu: Menu,
  idleSeconds: number,
  desk: {
    of(ctx: SignedInContext): DeskFacts | undefined;
    todosOf(ctx: SignedInContext): CountedTodo[];
    newsOf(ctx: SignedInContext): News;
  },
): Handler {
  return async (ctx) => {
    const { account, personName } = sessionOf(ctx);
    const { locale } = ctx.state;
    const { lines, marquee } = desk.newsOf(ctx);
    show(ctx, 'mch-app/home', {
      unitCode: account.unit.code,
      unitName: account.unit.name,
      personName,
      roleLabel: roleLabel(account.role, locale),
      dutyLabel: dutyLabel(account.duty, locale),
      menuRoleLabels: account.menuRoles.map((code) => menuRoleLabel(code, locale)),
      menu: viewMenu(menu, menu.visibleTo(account), locale),
      favourites: desk.of(ctx)?.favourites ?? [],
      marquee: marquee.map((line) => {
        const { url, headline } = newsView(line, locale);
        return { ...headline, url };
      }),
      news: { url: '/common/announcements', lines: lines.map((line) => newsView(line, locale)) },
      todos: viewTodos(desk.todosOf(ctx), locale),
      idleMinutes: Math.round(idleSeconds / 60),
    });
  };
}
