import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locale } from '#kit/http/locale.ts';
import type { Town } from '#kit/taiwan/divisions.ts';
import type { UnitKind } from './types.ts';

/** Every kind of unit there is; manifests name them in `unitKinds`. */
export const UNIT_KINDS = read('kinds') as readonly UnitKind[];

/** The insurer's classes of contract. */
export const UNIT_LEVELS = read('levels') as readonly Town[];

const kinds = new Map(UNIT_KINDS.map((kind) => [kind.code, kind]));

export function findUnitKind(code: string): UnitKind | undefined {
  return kinds.get(code);
}

/** The kind's name; the bare code of one nobody declared. */
export function unitKindLabel(code: string, locale: Locale): string {
  const kind = kinds.get(code);
  if (!kind) return code;
  return locale === 'en' ? kind.nameEn : kind.name;
}

/** The class of contract in words. */
export function unitLevelLabel(code: string, locale: Locale): string {
  const level = UNIT_LEVELS.find((one) => one.code === code);
  return level ? `${code} ${locale === 'en' ? level.nameEn : level.name}` : code;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, `labels/${name}.json`), 'utf8'));
}
