import { EVERYONE, MENU_ROLE_GRANTS, ROLE_GRANTS } from './grants.ts';
import { type AddedGrants, type Grant, type Holder, RIGHTS, type Right } from './types.ts';

const OF_ROLE = new Map(Object.entries(ROLE_GRANTS));
const OF_MENU_ROLE = new Map(Object.entries(MENU_ROLE_GRANTS));

/** Everything `holder` was given, by the central table and by `added`. Codes nobody knows give nothing. */
export function grantsOf(holder: Holder, added: readonly AddedGrants[] = []): Grant[] {
  return [
    ...EVERYONE,
    ...(OF_ROLE.get(holder.role) ?? []),
    ...holder.menuRoles.flatMap((menuRole) => [
      ...(OF_MENU_ROLE.get(menuRole) ?? []),
      ...added.flatMap((more) => (Object.hasOwn(more, menuRole) ? (more[menuRole] ?? []) : [])),
    ]),
  ];
}

/** The rights of `grants` on one function, in the order of `RIGHTS`; a grant on a group covers all below it. */
export function rightsOn(grants: readonly Grant[], path: string): Right[] {
  const held = new Set(grants.filter((grant) => covers(grant.path, path)).flatMap((grant) => grant.rights));
  return RIGHTS.filter((right) => held.has(right));
}

function covers(granted: string, path: string): boolean {
  return path === granted || path.startsWith(`${granted}/`);
}
