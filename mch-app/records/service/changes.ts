import { allFields, splitRowField } from '../groups.ts';
import { writeValue } from '../parse.ts';
import type { FieldChange } from '../store/versions.ts';
import type { RecordKind, Values } from '../types.ts';

/** Field by field what a version changed, as people type it. */
export function changesBetween(kind: RecordKind, before: Values, after: Values): FieldChange[] {
  const fields = allFields(kind);
  return Object.entries(fields).flatMap(([field, of]) => {
    if (of.derived && splitRowField(field)) return [];
    const was = [writeValue(of, before[field] ?? null)].flat().join(',');
    const is = [writeValue(of, after[field] ?? null)].flat().join(',');
    return was === is ? [] : [{ field, before: was, after: is }];
  });
}
