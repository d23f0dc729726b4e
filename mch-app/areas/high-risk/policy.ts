/** Where a case stands. */
export interface CaseFacts {
  unitCode: string;
  status: 'open' | 'transferring' | 'closed';
}

export interface Writer {
  unitCode: string;
  isStation: boolean;
}

/**
 * Why something may not be written in a case: it is closed, or managed elsewhere. What was sent once may be corrected
 * whatever became of the case, for who corrects it has been allowed to.
 * @returns undefined when it may
 */
export function refusalOf(
  held: CaseFacts,
  writer: Writer,
  before: string | undefined,
  alsoStation: boolean,
): 'hr_closed' | 'hr_elsewhere' | undefined {
  if (before !== undefined && before !== 'draft') return undefined;
  if (held.status === 'closed') return 'hr_closed';
  if (held.unitCode !== writer.unitCode && !(alsoStation && writer.isStation)) return 'hr_elsewhere';
  return undefined;
}

/**
 * Why a case cannot be led on to the unit that was meant, by correcting a transfer that has been taken: it must stand
 * where that transfer put it, and be on no other way.
 */
export function redirectRefusal(
  held: CaseFacts,
  of: { wrongUnit: string; toUnit: string; fromUnit: string; isLast: boolean },
): 'hr_closed' | 'hr_elsewhere' | 'hr_transferring' | 'hr_same_unit' | undefined {
  if (held.status === 'closed') return 'hr_closed';
  if (held.status === 'transferring') return 'hr_transferring';
  if (held.unitCode !== of.wrongUnit || !of.isLast) return 'hr_elsewhere';
  return of.toUnit === of.fromUnit ? 'hr_same_unit' : undefined;
}

/** Why a case cannot be given away or closed now. A health bureau assigns cases of its county, and closes none. */
export function handOverRefusal(
  held: CaseFacts & { county: string },
  by: { unitCode: string; isBureau: boolean; county: string },
  of: { isTransfer: boolean; toUnit: string; isOnlyOne: boolean },
): 'hr_closed' | 'hr_elsewhere' | 'hr_transferring' | 'hr_same_unit' | 'hr_bureau' | undefined {
  if (held.status === 'closed') return 'hr_closed';
  if (held.status === 'transferring' || !of.isOnlyOne) return 'hr_transferring';
  if (by.isBureau && !of.isTransfer) return 'hr_bureau';
  const isTheirs = by.isBureau ? held.county === by.county : held.unitCode === by.unitCode;
  if (!isTheirs) return 'hr_elsewhere';
  return of.isTransfer && of.toUnit === held.unitCode ? 'hr_same_unit' : undefined;
}
