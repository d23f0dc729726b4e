import { rowField, typedNames } from './groups.ts';
import type { Group, RecordKind } from './types.ts';

type Typed = Readonly<Record<string, string | string[]>>;

/**
 * What a form shows after a row was asked for or taken away, which needs no script: `add.<group>` or
 * `remove.<group>.<row>`. @returns undefined for any other deed
 */
export function changeRows(kind: RecordKind, deed: string, typed: Typed): Typed | undefined {
  const [, what, name, place] = /^(add|remove)\.([a-z_]+)(?:\.(\d{1,3}))?$/.exec(deed) ?? [];
  const group = kind.groups.find((one) => one.name === name && one.preset === undefined);
  if (!group || what === undefined) return undefined;
  const counter = `rows.${group.name}`;
  const shown = Math.min(group.most, Math.max(1, Number(typed[counter] ?? 1) || 1));
  if (what === 'add') return { ...typed, [counter]: String(Math.min(group.most, shown + 1)) };
  return { ...without(group, Number(place), typed), [counter]: String(Math.max(1, shown - 1)) };
}

function without(group: Group, place: number, typed: Typed): Typed {
  const left: Record<string, string | string[]> = { ...typed };
  for (let at = place; at < group.most; at += 1) {
    for (const name of typedNames(group)) {
      left[rowField(group.name, at, name)] = typed[rowField(group.name, at + 1, name)] ?? '';
    }
  }
  return left;
}
