import type { Db, Trx } from '#db/mch/tables.ts';
import type { Correctable, ChangeCategory, Party } from '../../change-requests/index.ts';
import type { Area } from '../area.ts';
import { listLocked, openRecord, withdrawApproval } from '../store/unlock.ts';
import { insertVersion } from '../store/versions.ts';
import type { RecordKind } from '../types.ts';

/**
 * The submitted records of the party's unit, and those it approved, that a request of this category can be about; of
 * kinds the party may read.
 */
export async function listCorrectable(
  db: Db,
  areas: readonly Area[],
  party: Pick<Party, 'unit'> & { mayRead: (path: string) => boolean },
  category: ChangeCategory,
  no: number | undefined,
): Promise<Correctable[]> {
  if (category === 'account') return [];
  const kinds = areas.flatMap((area) => area.kinds).filter(({ path }) => party.mayRead(path));
  const named = (wanted: (kind: RecordKind) => boolean) => kinds.filter(wanted).map(({ key }) => key);
  const rows = await listLocked(
    db,
    party.unit.code,
    {
      sent: named((kind) => kind.changeCategory === category),
      approved: named((kind) => (kind.approvedCategory ?? kind.changeCategory) === category),
      reviewed: named((kind) => kind.approvedCategory === category),
    },
    no,
  );
  return rows.map((row) => ({
    id: row.id,
    no: row.no,
    path: kinds.find(({ key }) => key === row.kind)?.path ?? '',
    label: `${row.serviceOn} ${row.personName ?? ''}`,
  }));
}

/**
 * Opens a record for one correction by its own unit until a day; for a unit that only approved it, the approval is
 * taken back instead, and waits to be decided again. The version says by which request.
 */
export async function unlockRecord(
  trx: Trx,
  of: { recordId: string; no: number; unitCode: string },
  until: Date,
  by: Party,
  at: Date,
): Promise<boolean> {
  const opened = await openRecord(trx, of.recordId, of.unitCode, until);
  const changed = opened ?? (await withdrawApproval(trx, of.recordId, of.unitCode));
  if (!changed) return false;
  await insertVersion(trx, {
    recordId: of.recordId,
    version: changed.version,
    at,
    deed: opened ? 'unlocked' : 'withdrawn',
    byAccount: by.accountId,
    byName: by.personName,
    unitCode: by.unit.code,
    note: `#${of.no}`,
    changes: [],
  });
  return true;
}
