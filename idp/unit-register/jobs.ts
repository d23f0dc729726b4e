import { recordAudit } from '../audit/index.ts';
import type { RegisterDeps } from './deps.ts';
import { advanceImport } from './service/advance.ts';
import { lockBrokenUploads, updateImport } from './store/imports.ts';
import { forgetRows } from './store/rows.ts';

/** An upload that has not moved for so long will not. */
const SILENT_SECONDS = 120;
/** One turn; the next one follows at once, and a replica that stops need not wait long. */
const TURN_MS = 3000;
const FORGOTTEN = 5000;

/** Goes on with the import under way, clears up after those that ended. */
export async function advanceUnitImports(deps: RegisterDeps): Promise<void> {
  const until = performance.now() + TURN_MS;
  await endBrokenUploads(deps);
  const goOn = async (batch: () => Promise<boolean>): Promise<void> => {
    while (performance.now() < until && (await batch()));
  };
  await goOn(() => advanceImport(deps));
  await goOn(async () => (await forgetRows(deps.db, FORGOTTEN)) === FORGOTTEN);
}

async function endBrokenUploads({ db }: RegisterDeps): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const id of await lockBrokenUploads(trx, SILENT_SECONDS)) {
      await updateImport(trx, id, 'receiving', { status: 'failed', failure: 'broken_off' });
      await recordAudit(trx, { type: 'unit_import.failed', reason: 'broken_off', details: { import: id } });
    }
  });
}
