import { isEmailAddress } from '../accounts/index.ts';
import { codeFitsKind, findUnitKind, isUnitCode } from '../units/index.ts';
import type {
  Changes,
  CurrentUnit,
  ImportStatus,
  Judgement,
  RegisterColumn,
  RowFault,
  RowValues,
  UnitField,
} from './types.ts';
import { kindOf, levelOf, placeOf, statusOf } from './vocabulary.ts';

export const MAX_LENGTH: Record<RegisterColumn, number> = {
  code: 10,
  name: 100,
  nameEn: 200,
  kind: 40,
  county: 40,
  town: 40,
  address: 200,
  phone: 40,
  email: 254,
  level: 20,
  status: 20,
  closedOn: 20,
};

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE, 'gu');
/** What a spreadsheet would run. */
const FORMULA = /^[=+@|\-\t]/;

const FIELDS: readonly UnitField[] = [
  'name',
  'nameEn',
  'kind',
  'county',
  'town',
  'address',
  'phone',
  'email',
  'level',
  'status',
];

/** What a row's cells say, with everything that is wrong in them; a faulty cell's text is kept to be shown. */
export function readRow(cells: Partial<Record<RegisterColumn, string>>): {
  values: RowValues;
  faults: RowFault[];
} {
  const faults: RowFault[] = [];
  const text = {} as Record<RegisterColumn, string>;
  for (const column of Object.keys(MAX_LENGTH) as RegisterColumn[]) {
    text[column] = readCell(column, cells[column] ?? '', faults);
  }
  const { address, closedOn } = text;
  const kind = kindOf(text.kind);
  const level = text.level === '' ? '' : levelOf(text.level);
  const status = statusOf(text.status, closedOn);
  const place = placeOf(text.county, text.town, address);
  if (text.code === '') faults.push('code.missing');
  else if (!isUnitCode(text.code)) faults.push('code.format');
  if (text.name === '') faults.push('name.missing');
  const form = kind === undefined ? undefined : findUnitKind(kind)?.form;
  if (form === undefined) faults.push(text.kind === '' ? 'kind.missing' : 'kind.unknown');
  else if (isUnitCode(text.code) && !codeFitsKind(text.code, form)) faults.push('code.kind');
  if ('fault' in place) faults.push(place.fault);
  if (level === undefined) faults.push('level.unknown');
  if (status === undefined) faults.push('status.unknown');
  if (text.phone !== '' && !/^[0-9()#~ ,;/.-]+$/.test(text.phone)) faults.push('phone.format');
  if (text.email !== '' && !isEmailAddress(text.email)) faults.push('email.format');
  const values: RowValues = {
    ...text,
    kind: kind ?? text.kind,
    level: level ?? text.level,
    status: status ?? text.status,
    ...('fault' in place ? {} : place),
  };
  return { values: only(values), faults };
}

/** One cell as it is kept: forms unified, blanks trimmed, a telephone number in its national form. */
function readCell(column: RegisterColumn, cell: string, faults: RowFault[]): string {
  const unified = cell.normalize('NFKC').trim();
  const text = column === 'code' ? unified.toUpperCase() : unified;
  const plain = column === 'phone' ? text.replace(/^\+886[ -]?\(?0?\)?/, '0') : text;
  if (plain.includes('\uFFFD') || INVISIBLE.test(plain)) faults.push(`${column}.invisible`);
  else if (FORMULA.test(plain)) faults.push(`${column}.formula`);
  const max = MAX_LENGTH[column];
  if (plain.length > max) faults.push(`${column}.too_long`);
  return plain.replaceAll(EVERY_INVISIBLE, '\uFFFD').slice(0, max);
}

function only(values: RowValues): RowValues {
  return Object.fromEntries(
    (['code', ...FIELDS] as const).map((field) => [field, values[field]]),
  ) as unknown as RowValues;
}

/**
 * What a row means for the register as it is now. A cell that says nothing changes nothing; a unit that people still
 * have accounts at is not closed by a file.
 */
export function judgeRow(
  row: RowValues & { faults: string[] },
  current: CurrentUnit | undefined,
  isRepeated: boolean,
): Judgement {
  const unitVersion = current?.version ?? 0;
  const faulty = (...faults: string[]): Judgement => ({
    verdict: 'faulty',
    faults: [...row.faults, ...faults],
    changes: {},
    unitVersion,
  });
  const judged = (verdict: Judgement['verdict'], changes: Changes = {}): Judgement => ({
    ...{ verdict, changes, unitVersion },
    faults: [],
  });
  if (row.faults.length > 0 || isRepeated) return faulty(...(isRepeated ? ['code.repeated'] : []));
  if (!current) {
    if (row.status === 'closed') return judged('unchanged'); // we never knew it and need not begin now
    return row.county === '' ? faulty('county.missing') : judged('new');
  }
  const changes = changesOf(row, current);
  if (changes['status']?.[1] === 'closed') {
    return current.isUsed ? faulty('status.still_used') : judged('closed', changes);
  }
  if (changes['status'] && current.mergedInto !== null) return faulty('status.merged');
  // of a closed unit only its coming back matters
  if (current.status === 'closed' && !changes['status']) return judged('unchanged');
  return judged(Object.keys(changes).length > 0 ? 'changed' : 'unchanged', changes);
}

function changesOf(row: RowValues, current: RowValues): Changes {
  return Object.fromEntries(
    FIELDS.filter((field) => row[field] !== '' && row[field] !== current[field]).map((field) => [
      field,
      [current[field], row[field]],
    ]),
  );
}

/** Why a row that was judged is not applied after all: somebody changed the unit since. */
export function applicationRefusal(
  row: { verdict: string; unitVersion: number },
  current: Pick<CurrentUnit, 'version' | 'isUsed'> | undefined,
): 'changed_meanwhile' | 'still_used' | undefined {
  if ((current?.version ?? 0) !== row.unitVersion) return 'changed_meanwhile';
  return row.verdict === 'closed' && current?.isUsed === true ? 'still_used' : undefined;
}

/** Changes by which a subsystem tells what its people may see; whoever holds a token with the old ones loses it. */
export function changesClaims(changes: Changes): boolean {
  return ['kind', 'county', 'town'].some((field) => field in changes);
}

/** Until when it may still be given up. */
export function isCancellable(status: ImportStatus): boolean {
  return status === 'receiving' || status === 'checking' || status === 'previewed';
}

/** Whether somebody's import stands in the way of another. */
export function isUnderWay(status: ImportStatus): boolean {
  return isCancellable(status) || status === 'applying';
}
