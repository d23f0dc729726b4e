import { taipeiMinute } from '#kit/clock.ts';
import type { Form } from '#kit/http/form.ts';
import { KINDS, LEVELS } from './policy.ts';
import type { NewBreach } from './types.ts';

const FIELDS = ['name', 'kind', 'level', 'known', 'occurred', 'unit', 'persons', 'description'] as const;

/** What the form was filled with. */
export type FilledBreach = Record<(typeof FIELDS)[number], string>;
export type FormFault = (typeof FIELDS)[number];

/** The form as it is shown first: known now. */
export function emptyBreach(now: Date): FilledBreach {
  const known = taipeiMinute(now);
  return { name: '', kind: 'leak', level: '1', known, occurred: '', unit: '', persons: '', description: '' };
}

export function readBreach(form: Form): FilledBreach {
  const entries = FIELDS.map((name) => [
    name,
    form
      .get(name)
      .trim()
      .slice(0, name === 'description' ? 4000 : 200),
  ]);
  return Object.fromEntries(entries) as FilledBreach;
}

/** The breach as the form tells it, times in Taipei; or the first field that cannot be right. */
export function parseBreach(filled: FilledBreach, now: Date): NewBreach | FormFault {
  const kind = KINDS.find((name) => name === filled.kind);
  const level = LEVELS.find((number) => String(number) === filled.level);
  const [known, occurred] = [readMoment(filled.known), readMoment(filled.occurred)];
  if (filled.name === '') return 'name';
  if (!kind) return 'kind';
  if (level === undefined) return 'level';
  if (!known || known > now) return 'known';
  if (filled.occurred !== '' && (!occurred || occurred > known)) return 'occurred';
  if (!/^\d{0,9}$/.test(filled.persons)) return 'persons';
  if (filled.description === '') return 'description';
  return {
    title: filled.name,
    kind,
    level,
    description: filled.description,
    unitCode: filled.unit === '' ? undefined : filled.unit,
    personsAffected: filled.persons === '' ? undefined : Number(filled.persons),
    occurredAt: occurred,
    knownAt: known,
  };
}

function readMoment(text: string): Date | undefined {
  if (!/^20\d{2}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)) return undefined;
  const at = new Date(`${text}:00+08:00`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
