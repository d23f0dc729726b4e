import type { Db, Trx } from '#db/mch/tables.ts';
import type { Correctable, ChangeCategory, Party } from '../../change-requests/index.ts';
import type { Area } from '../area.ts';
import { listLocked, openRecord } from '../store/unlock.ts';
import { insertVersion } from '../store/versions.ts';

/** The submitted records of the party's unit that a request of this category can be about. */
export async function listCorrectable(
  db: Db,
  areas: readonly Area[],
  party: Pick<Party, 'unit'>,
  category: ChangeCategory,
  no: number | undefined,
): Promise<Correctable[]> {
  const kinds = areas.flatMap((area) => area.kinds).filter((kind) => kind.changeCategory === category);
  const keys = category === 'account' ? [] : kinds.map(({ key }) => key);
  const rows = await listLocked(db, party.unit.code, keys, no);
  return rows.map((row) => ({
    id: row.id,
    no: row.no,
    path: kinds.find(({ key }) => key === row.kind)?.path ?? '',
    label: `${row.serviceOn} ${row.personName ?? ''}`,
  }));
}

/** Opens a record for one correction by its own unit until a day; the version says by which request. */
export async function unlockRecord(
  trx: Trx,
  recordId: string,
  until: Date,
  by: Party,
  of: { no: number; at: Date },
): Promise<boolean> {
  const opened = await openRecord(trx, recordId, until);
  if (!opened) return false;
  await insertVersion(trx, {
    recordId,
    version: opened.version,
    at: of.at,
    deed: 'unlocked',
    byAccount: by.accountId,
    byName: by.personName,
    unitCode: by.unit.code,
    note: `#${of.no}`,
    changes: [],
  });
  return true;
}
