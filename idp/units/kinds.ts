import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locale } from '#kit/http/locale.ts';
import type { UnitKind } from './types.ts';

/** Every kind of unit there is; manifests name them in `unitKinds`. */
export const UNIT_KINDS: readonly UnitKind[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'labels/kinds.json'), 'utf8'),
) as UnitKind[];

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
