const TAIPEI = 8 * 3600 * 1000;

/** The day in Taipei as `yyyy-MM-dd`: P-03 counts "today" from its midnight. Taiwan keeps one offset all year. */
export function dayOf(at: Date): string {
  return new Date(at.getTime() + TAIPEI).toISOString().slice(0, 10);
}
