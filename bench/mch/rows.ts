import { taipeiDay } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { birthIndexes, hintOf, numberIndexes, sealMothersNumber, sealNumber } from '#mch/patients/index.ts';
import { bandsOf } from '../../mch-app/areas/high-risk/text-likeness.ts';
import { rowsOf } from '../../mch-app/records/groups.ts';
import type { Area, SeedCourse, SeedRecord, Value } from '#mch/records/index.ts';
import { BESIDE } from './beside.ts';
import type { CopyValue } from '../population/copy.ts';
import { uuidOf } from '../population/random.ts';

/** Rows of one table, its columns in the order of the first row's. */
export type Rows = Map<string, Record<string, CopyValue>[]>;

/** Turns courses into rows, as the engine would have kept them; ids grow, so that indexes fill from left to right. */
export class RowMaker {
  readonly rows: Rows = new Map();
  readonly #areas: readonly Area[];
  readonly #keyring: Keyring;
  readonly #mothers = new Map<string, { id: string; pregnancies: number }>();
  #people = 0;
  #pregnancies = 0;
  #records = 0;

  constructor(areas: readonly Area[], keyring: Keyring) {
    this.#areas = areas;
    this.#keyring = keyring;
  }

  get records(): number {
    return this.#records;
  }

  add(course: SeedCourse): void {
    const mother = this.#mother(course);
    const pregnancy = uuidOf('ccc', (this.#pregnancies += 1));
    mother.pregnancies += 1;
    const closed = course.child ? course.child.birthDate : null;
    this.#put('pregnancy', {
      id: pregnancy,
      mother_id: mother.id,
      seq: Math.min(20, mother.pregnancies),
      edc: course.edc,
      opened_on: course.edc,
      closed_on: closed,
    });
    const child = this.#child(course, mother.id);
    const ids = new Map<SeedRecord, Kept>();
    const people = { mother: mother.id, child, pregnancy };
    for (const area of this.#areas) {
      for (const record of (area.seed ?? BESIDE[area.path])?.(course) ?? []) {
        ids.set(record, this.#record(course, record, people, record.parent && ids.get(record.parent)));
      }
    }
  }

  #mother({ mother, now }: SeedCourse): { id: string; pregnancies: number } {
    const known = this.#mothers.get(mother.idNo);
    if (known) return known;
    const made = { id: uuidOf('aaa', (this.#people += 1)), pregnancies: 0 };
    this.#mothers.set(mother.idNo, made);
    this.#person(made.id, 'mother', { ...mother, sex: null, bornAt: null }, null, null, now);
    return made;
  }

  #child({ child, mother, places, facts }: SeedCourse, motherId: string): string | null {
    if (!child) return null;
    const id = uuidOf('aaa', (this.#people += 1));
    const birth = { motherIdNo: mother.idNo, birthDate: child.birthDate, birthOrder: 1 };
    this.#person(id, 'child', child, motherId, birthIndexes(this.#keyring, birth)[0], child.bornAt);
    const residence = String(facts['residence_town']);
    this.#put('birth', {
      child_id: id,
      mother_name: mother.name,
      mother_sealed: sealMothersNumber(this.#keyring, mother.idNo, id),
      unit_code: places.hospital.code,
      county: places.hospital.county,
      town: places.hospital.town,
      gestation_days: Number(facts['gestation_days']),
      birth_weight: Number(facts['birth_weight']),
      guardian_name: mother.name,
      guardian_phone: String(facts['guardian_phone']),
      residence_county: residence.slice(0, 5),
      residence_town: residence,
      is_alive: child.isAlive ? 't' : 'f',
      registered_at: child.bornAt,
    });
    return id;
  }

  #person(
    id: string,
    kind: 'mother' | 'child',
    who: { idNo: string; name: string; birthDate: string; sex: string | null; bornAt: Date | null },
    motherId: string | null,
    birthIndex: Buffer | null,
    at: Date,
  ): void {
    const hasNumber = who.idNo !== '';
    this.#put('patient', {
      id,
      kind,
      id_type: hasNumber ? 'national_id' : 'none',
      id_sealed: hasNumber ? sealNumber(this.#keyring, who.idNo, id) : null,
      id_index: hasNumber ? numberIndexes(this.#keyring, who.idNo)[0] : null,
      id_hint: hintOf(who.idNo),
      birth_index: birthIndex,
      name: who.name,
      birth_date: who.birthDate,
      birth_at: who.bornAt,
      birth_order: kind === 'child' ? 1 : null,
      sex: who.sex,
      mother_id: motherId,
      created_at: at,
      updated_at: at,
    });
  }

  #record(course: SeedCourse, record: SeedRecord, people: People, parent: Kept | undefined): Kept {
    const { kind, by, at, state = 'submitted' } = record;
    const id = uuidOf('bbb', (this.#records += 1));
    const said = { ...course.facts, ...record.values };
    const values: Record<string, Value> = {};
    const fields = kind.parts.flatMap((part) => Object.entries(part.fields));
    for (const [name] of fields) values[name] = said[name] ?? null;
    const { child } = course;
    const subject = child && { birthDate: child.birthDate, birthAt: child.bornAt, sex: child.sex };
    for (const [name, field] of fields) if (field.derived) values[name] = field.derived(values, subject);
    const lives = values['residence_town'];
    const town = typeof lives === 'string' ? lives : (parent?.town ?? '');
    const patient =
      kind.subject === 'parent' ? parent?.patient : kind.subject === 'child' ? people.child : people.mother;
    const place = kind.liesWithParent && parent ? parent.by : by;
    const isSent = state !== 'draft';
    const writer = { name: course.texts.physician, account: `P@${by.code}` };
    const assigned = kind.assignedTo === 'parent' ? parent?.by.code : values[kind.assignedTo ?? ''];
    const unique = kind.onePerParent && parent ? parent.id : kind.uniqueBy?.(values);
    this.#put('record', {
      id,
      kind: kind.key,
      unit_code: by.code,
      assigned_unit_code: typeof assigned === 'string' ? assigned : null,
      county: place.county,
      town: place.town,
      residence_county: town.slice(0, 5),
      residence_town: town,
      patient_id: patient ?? null,
      pregnancy_id: kind.hasPregnancy ? people.pregnancy : (parent?.pregnancy ?? null),
      parent_id: parent?.id ?? null,
      unique_key: unique ?? null,
      state,
      service_on: dayIn(
        kind.serviceDay === 'birth_at' ? (child?.bornAt ?? at) : (values[kind.serviceDay] ?? at),
      ),
      created_by: writer.account,
      created_by_name: writer.name,
      created_at: at,
      updated_by: writer.account,
      updated_by_name: writer.name,
      updated_at: at,
      submitted_by_name: isSent ? writer.name : null,
      submitted_at: isSent ? at : null,
      reviewed_by_name: state === 'approved' ? writer.name : null,
      reviewed_at: state === 'approved' ? at : null,
    });
    for (const { table, fields: own } of kind.parts) {
      const columns = Object.keys(own).map((name) => [name, copied(values[name] ?? null)] as const);
      // written after the record by its area: what its text is found by
      const bands = table === 'hr_contact' && {
        likeness: `{${bandsOf(String(values['content'])).join(',')}}`,
      };
      this.#put(table, { record_id: id, ...Object.fromEntries(columns), ...bands });
    }
    for (const group of kind.groups) {
      for (const [at, row] of rowsOf(group, record.values).entries()) {
        const columns = Object.entries(row).map(([name, value]) => [name, copied(value)] as const);
        this.#put(group.table, { record_id: id, at, ...Object.fromEntries(columns) });
      }
    }
    this.#put('record_version', {
      record_id: id,
      version: 1,
      at,
      deed: isSent ? 'submitted' : 'created',
      by_account: writer.account,
      by_name: writer.name,
      unit_code: by.code,
      changes: '[]',
    });
    return {
      id,
      by,
      town,
      patient: patient ?? null,
      pregnancy: kind.hasPregnancy ? people.pregnancy : (parent?.pregnancy ?? null),
    };
  }

  #put(table: string, row: Record<string, CopyValue>): void {
    const rows = this.rows.get(table);
    if (rows) rows.push(row);
    else this.rows.set(table, [row]);
  }
}

interface People {
  mother: string;
  child: string | null;
  pregnancy: string;
}
interface Kept {
  id: string;
  by: SeedRecord['by'];
  town: string;
  patient: string | null;
  pregnancy: string | null;
}

const dayIn = (value: Value): string => (value instanceof Date ? taipeiDay(value) : String(value));

function copied(value: Value): CopyValue {
  if (typeof value === 'boolean') return value ? 't' : 'f';
  return Array.isArray(value) ? `{${value.join(',')}}` : value;
}
