import type { FoundingRefusal } from './types.ts';

/** Why nobody is let in this way; nothing when the installation has no national administrator yet. */
export function foundingRefusal(facts: {
  administrators: number;
  takenLoginNames: number;
  /** Of the unit, when it is there already. */
  kind?: string;
}): FoundingRefusal | undefined {
  if (facts.administrators > 0) return 'administrator_there';
  if (facts.kind !== undefined && facts.kind !== 'national_agency') return 'unit_is_no_agency';
  return facts.takenLoginNames > 0 ? 'login_name_taken' : undefined;
}
