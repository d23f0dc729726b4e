import { DEEDS } from './deeds.ts';
import type { ConsoleRole, DeedRule, Scope } from './types.ts';

const ROLES: ConsoleRole[] = ['unit_manager', 'subsystem_manager', 'hpa_admin', 'platform_ops'];
const SCOPES: Record<Scope, string> = { own_unit: 'own unit', managed: 'managed', nation: 'nation' };

/** The permission table as a Markdown document. */
export function permissionDocument(): string {
  const rows = Object.entries<DeedRule>(DEEDS).map(([deed, { scopes, fresh, delegable }]) => {
    const cells = ROLES.map((role) => {
      const scope = scopes[role];
      return scope ? SCOPES[scope] : '';
    });
    return `| \`${deed}\` | ${cells.join(' | ')} | ${fresh ? 'yes' : ''} | ${delegable ? 'yes' : ''} |`;
  });
  return [
    '# Who may do what in the console',
    '',
    'Written from `idp/permissions/deeds.ts` by `WRITE_DOCS=1 npm test -- test/idp/permissions.test.ts`; the same test compares the two, and another walks every route of the console with every kind of caller.',
    '',
    '- **own unit**: accounts and requests of the unit the person belongs to.',
    '- **managed**: what belongs to a subsystem in a unit where the person holds an active, bound account whose role manages there, by the manifest.',
    '- **nation**: everything.',
    '- **fresh**: only within five minutes of signing in.',
    '- **deputy**: whoever was named deputy may do it too, as far as the one they stand in for and for the period given.',
    '',
    'Everybody at the console has signed in with a second factor, from an allowed address. A rule about one row (nobody decides their own request, no other manager is changed by a unit manager) belongs to the feature that owns it and stands in its `policy.ts`.',
    '',
    `| deed | ${ROLES.join(' | ')} | fresh | deputy |`,
    `| --- | ${ROLES.map(() => '---').join(' | ')} | --- | --- |`,
    ...rows,
    '',
  ].join('\n');
}
