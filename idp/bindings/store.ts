import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import type { ClientRegistry, Localized, Manifest } from '../subsystems/index.ts';
import type { BoundAccount } from './types.ts';

export interface BoundAccountFilter {
  accountId: string;
  subsystemCode?: string;
  subsystemAccountId?: string;
  /** Part of the binding name, unit code or unit name. */
  query?: string;
  limit?: number;
  offset?: number;
}

/**
 * The active subsystem accounts this person has bound, favourites and last used first.
 * @returns one page of them and how many there are in all
 */
export async function listBoundAccounts(
  db: Db,
  registry: ClientRegistry,
  filter: BoundAccountFilter,
): Promise<{ total: number; accounts: BoundAccount[] }> {
  let rows = db
    .selectFrom('binding as b')
    .innerJoin('subsystem_account as sa', 'sa.id', 'b.subsystem_account_id')
    .innerJoin('subsystem as s', 's.code', 'sa.subsystem_code')
    .innerJoin('unit as u', 'u.code', 'sa.unit_code')
    .where('b.account_id', '=', filter.accountId)
    .where('sa.account_id', '=', filter.accountId)
    .where('sa.status', '=', 'active')
    .where('s.status', '=', 'active');
  if (filter.subsystemCode !== undefined) rows = rows.where('sa.subsystem_code', '=', filter.subsystemCode);
  if (filter.subsystemAccountId !== undefined) rows = rows.where('sa.id', '=', filter.subsystemAccountId);
  const query = filter.query?.trim() ?? '';
  if (query !== '') {
    const like = `%${query.replace(/[\\%_]/g, '\\$&')}%`;
    rows = rows.where((eb) =>
      eb.or([
        eb('b.name', 'ilike', like),
        eb('u.code', 'ilike', like),
        eb('u.name', 'ilike', like),
        eb('u.name_en', 'ilike', like),
      ]),
    );
  }
  const page = await rows
    .select(['sa.id', 'sa.subsystem_code', 'sa.role', 'sa.duty', 'sa.menu_roles', 'sa.unit_code'])
    .select(['b.name as binding', 'b.favourite', 'b.last_used_at', 'u.name as unit_name', 'u.name_en'])
    .select(sql<number>`count(*) over ()`.as('total'))
    .select(
      sql<number | null>`(select sum(t.count) from todo_count t where t.subsystem_account_id = sa.id)`.as(
        'waiting',
      ),
    )
    .select(
      sql<Date | null>`(select min(t.updated_at) from todo_count t where t.subsystem_account_id = sa.id)`.as(
        'waiting_at',
      ),
    )
    .orderBy('b.favourite', 'desc')
    .orderBy('b.position', (at) => at.asc().nullsLast())
    .orderBy('b.last_used_at', (at) => at.desc().nullsLast())
    .orderBy('b.bound_at')
    .orderBy('b.name')
    .limit(filter.limit ?? 100)
    .offset(filter.offset ?? 0)
    .execute();

  const accounts = page.map((row): BoundAccount => {
    const manifest = registry.subsystem(row.subsystem_code)?.manifest;
    return {
      id: row.id,
      subsystemCode: row.subsystem_code,
      binding: row.binding,
      unitCode: row.unit_code,
      unitName: row.unit_name,
      unitNameEn: row.name_en,
      role: row.role,
      roleLabel: labelOf(manifest?.roles, row.role),
      duty: row.duty,
      dutyLabel: labelOf(manifest?.duties, row.duty),
      menuRoles: row.menu_roles,
      requiredAcr: requiredAcr(manifest, row.role),
      lastUsedAt: row.last_used_at ?? undefined,
      favourite: row.favourite,
      waiting: row.waiting ?? undefined,
      waitingAt: row.waiting_at ?? undefined,
    };
  });
  return { total: page[0]?.total ?? 0, accounts };
}

/** The authentication context class a subsystem's role asks for, as its manifest says. */
export function requiredAcr(manifest: Manifest | undefined, role: string): string | undefined {
  return manifest?.roles.find((candidate) => candidate.code === role)?.acr;
}

/** A code's label in both languages; the code itself when the manifest no longer knows it. */
export function labelOf(list: { code: string; label: Localized }[] | undefined, code: string): Localized {
  return list?.find((entry) => entry.code === code)?.label ?? { 'zh-TW': code, en: code };
}
