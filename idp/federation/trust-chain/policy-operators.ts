import { TrustFault } from './fault.ts';

export type Value = string | number | boolean;

/** OpenID Federation 1.0 §6.1.3.1; an absent one asks nothing. */
export interface Operators {
  value?: Value | Value[] | null;
  add?: Value[];
  default?: Value | Value[];
  one_of?: Value[];
  subset_of?: Value[];
  superset_of?: Value[];
  essential?: boolean;
}

const LISTS = ['add', 'one_of', 'subset_of', 'superset_of'] as const;

/**
 * One parameter's policy; operators beyond the standard ones are ignored (§6.1.3.2), as none was critical.
 * @throws TrustFault policy
 */
export function readOperators(name: string, given: Record<string, unknown>): Operators {
  const read: Operators = {};
  const { value, default: fallback, essential } = given;
  if (value !== undefined) read.value = value === null ? null : valueOf(name, value);
  if (fallback !== undefined) read.default = valueOf(name, fallback);
  if (essential !== undefined) {
    if (typeof essential !== 'boolean') throw new TrustFault('policy', `${name} essential`);
    read.essential = essential;
  }
  for (const operator of LISTS) {
    const list = given[operator];
    if (list === undefined) continue;
    if (!Array.isArray(list) || !list.every(isPlain)) throw new TrustFault('policy', `${name} ${operator}`);
    read[operator] = list;
  }
  checkCombination(name, read);
  return read;
}

/** §6.1.4.1: two policies for one parameter. @throws TrustFault policy */
export function mergeOperators(name: string, upper: Operators, lower: Operators): Operators {
  const merged: Operators = { ...upper, ...lower };
  for (const operator of ['value', 'default'] as const) {
    const [a, b] = [upper[operator], lower[operator]];
    if (a !== undefined && b !== undefined && !isEqual(a, b))
      throw new TrustFault('policy', `${name} ${operator}`);
  }
  for (const operator of ['add', 'superset_of'] as const) {
    const [a, b] = [upper[operator], lower[operator]];
    if (a && b) merged[operator] = [...new Set([...a, ...b])];
  }
  for (const operator of ['one_of', 'subset_of'] as const) {
    const [a, b] = [upper[operator], lower[operator]];
    if (a && b) merged[operator] = a.filter((item) => b.includes(item));
  }
  if (upper.one_of && lower.one_of && merged.one_of?.length === 0)
    throw new TrustFault('policy', `${name} one_of`);
  if (upper.essential || lower.essential) merged.essential = true;
  checkCombination(name, merged);
  return merged;
}

/** What §6.1.3.1.1 to §6.1.3.1.7 say of operators side by side, a row each: whether it is there, whether it may be. */
function checkCombination(name: string, operators: Operators): void {
  const { value, add, default: fallback, one_of, subset_of, superset_of, essential } = operators;
  const list = Array.isArray(value) ? value : undefined;
  const rows: [boolean, () => boolean][] = [
    [value !== undefined && !!add, () => !!list && isSuperset(list, add ?? [])],
    [value === null && fallback !== undefined, () => false],
    [value !== undefined && !!one_of, () => !list && one_of?.includes(value as Value) === true],
    [value !== undefined && !!subset_of, () => !!list && isSuperset(subset_of ?? [], list)],
    [value !== undefined && !!superset_of, () => !!list && isSuperset(list, superset_of ?? [])],
    [value === null && essential === true, () => false],
    [!!one_of && !!(add ?? subset_of ?? superset_of), () => false],
    [!!add && !!subset_of, () => isSuperset(subset_of ?? [], add ?? [])],
    [!!subset_of && !!superset_of, () => isSuperset(subset_of ?? [], superset_of ?? [])],
  ];
  if (rows.some(([isThere, may]) => isThere && !may())) throw new TrustFault('policy', `${name} combines`);
}

export function isSuperset(list: readonly Value[], part: readonly Value[]): boolean {
  return part.every((item) => list.includes(item));
}

/** Lists are sets here: their order says nothing. */
function isEqual(a: Operators['value'], b: Operators['value']): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return isSuperset(a, b) && isSuperset(b, a);
  return a === b;
}

function valueOf(name: string, value: unknown): Value | Value[] {
  // §6.1.3.1.8
  if (name === 'scope' && typeof value === 'string') return value.split(' ').filter(Boolean);
  if (isPlain(value) || (Array.isArray(value) && value.every(isPlain))) return value;
  throw new TrustFault('policy', `${name} holds what is not compared`);
}

function isPlain(value: unknown): value is Value {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
