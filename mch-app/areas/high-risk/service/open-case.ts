import type { Trx } from '#db/mch/tables.ts';
import { type Happened, dayOf, makeRecord } from '../../../records/index.ts';
import { CASE } from '../kinds/case.ts';
import { isExtended } from '../programme.ts';
import { caseOf, correctCase, findPlace, nextNumber, refreshCase, writeNumber } from '../store/case.ts';
import { lockCase, showToUnit } from '../store/case.ts';

/**
 * Opens a case with its number as somebody is taken in. A correction of the intake is carried over to its case; what
 * opened a case cannot be turned into a refusal.
 */
export async function openCase(
  trx: Trx,
  { record, values, actor, now }: Happened,
): Promise<string | undefined> {
  const known = await caseOf(trx, record.id);
  const openedOn = dayOf(values['intake_date']);
  const extended = isExtended((values['criteria'] as string[] | null) ?? []);
  if (known !== undefined) {
    const held = await lockCase(trx, known);
    if (values['enrolled'] !== true || !held) return 'hr_case_opened';
    await correctCase(trx, known, { extended, openedOn });
    await showToUnit(trx, record.id, held.unitCode);
    return undefined;
  }
  if (values['enrolled'] !== true) return undefined;
  const code = String(values['assigned_unit']);
  const place = code === actor.unit.code ? actor.unit : await findPlace(trx, code);
  if (!place) return 'hr_unit';
  const made = await makeRecord(trx, CASE, {
    unit: { code, county: place.county, town: place.town },
    of: record,
    serviceOn: openedOn,
    values: {
      opened_on: openedOn,
      case_status: 'open',
      case_manager: String(values['case_manager']),
      extended,
    },
    actor,
    now,
  });
  const series = `HR-${openedOn.slice(0, 4)}-${place.county}`;
  const seq = await nextNumber(trx, series);
  const caseNo = `${series}-${String(seq).padStart(4, '0')}`;
  await writeNumber(trx, { caseId: made.id, intakeId: record.id }, { series, seq }, caseNo);
  await refreshCase(trx, made.id);
  return undefined;
}
