import { dutyLabel, menuRoleLabel, roleLabel } from '../access/index.ts';
import { type Menu, viewMenu } from '../menu/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../sessions/index.ts';
import type { ShowPage } from '../shell/index.ts';
import { type CountedTodo, viewTodos } from '../todos/index.ts';

/** GET /: who one is here, and what one may do. */
export function home(
  show: ShowPage,
  menu: Menu,
  idleSeconds: number,
  listTodos: (ctx: SignedInContext) => Promise<CountedTodo[]>,
): Handler {
  return async (ctx) => {
    const todos = await listTodos(ctx);
    const { account, personName } = sessionOf(ctx);
    const { locale } = ctx.state;
    show(ctx, 'mch-app/home', {
      unitCode: account.unit.code,
      unitName: account.unit.name,
      personName,
      roleLabel: roleLabel(account.role, locale),
      dutyLabel: dutyLabel(account.duty, locale),
      menuRoleLabels: account.menuRoles.map((code) => menuRoleLabel(code, locale)),
      menu: viewMenu(menu, menu.visibleTo(account), locale),
      todos: viewTodos(todos, locale),
      idleMinutes: Math.round(idleSeconds / 60),
    });
  };
}
