import { dutyLabel, grantsOf, menuRoleLabel, roleLabel } from '../access/index.ts';
import { viewMenu, visibleMenu } from '../menu/index.ts';
import { type Handler, sessionOf } from '../sessions/index.ts';
import type { ShowPage } from '../shell/index.ts';

/** GET /: who one is here, and what one may do. */
export function home(show: ShowPage, idleSeconds: number): Handler {
  return async (ctx) => {
    const { account, personName } = sessionOf(ctx);
    const { locale } = ctx.state;
    show(ctx, 'mch-app/home', {
      unitCode: account.unit.code,
      unitName: account.unit.name,
      personName,
      roleLabel: roleLabel(account.role, locale),
      dutyLabel: dutyLabel(account.duty, locale),
      menuRoleLabels: account.menuRoles.map((code) => menuRoleLabel(code, locale)),
      menu: viewMenu(visibleMenu(grantsOf(account)), locale),
      idleMinutes: Math.round(idleSeconds / 60),
    });
  };
}
