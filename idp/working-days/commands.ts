import { readFileSync } from 'node:fs';
import type { Db } from '#db/idp/tables.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { saveDays } from './store.ts';

export const HOLIDAY_USAGE = `  holidays import FILE           the government's working calendar: CSV lines DATE,WEEKDAY,0 or 2,NOTE
`;

/** A line of the yearly calendar: the date, its weekday, 0 for a working day or 2 for one off. */
const LINE = /^"?(\d{4})[-/]?(\d{2})[-/]?(\d{2})"?,[^,]*,"?([02])"?(?:,|$)/;

/** @throws ConfigurationError when the file cannot be read or holds no such line */
export async function runHolidayImport(db: Db, file: string | undefined): Promise<string> {
  if (file === undefined) throw new ConfigurationError('name the file');
  const days = readDays(readText(file));
  if (days.length === 0) throw new ConfigurationError(`${file} holds no line DATE,WEEKDAY,0 or 2`);
  await saveDays(db, days);
  return `imported ${days.length} days`;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read`, { cause: error });
  }
}

/** Every day the file names once, the last line of a day counting. */
function readDays(text: string): { day: string; works: boolean }[] {
  const days = new Map<string, boolean>();
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const [, year, month, day, mark] = LINE.exec(line) ?? [];
    if (year === undefined || Number.isNaN(Date.parse(`${year}-${month}-${day}`))) continue;
    days.set(`${year}-${month}-${day}`, mark === '0');
  }
  return [...days].map(([day, works]) => ({ day, works }));
}
