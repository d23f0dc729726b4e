import { isDeepStrictEqual } from 'node:util';
import { broken } from './errors.ts';
import type { Json, JsonObject } from './types.ts';

/** The standard operators of OpenID Federation 1.0 §6.1.3.1, in their order of application. */
export const STANDARD_OPERATORS = new Set([
  ...['value', 'add', 'default', 'one_of', 'subset_of', 'superset_of', 'essential'],
]);

interface Operator {
  /** Whether the operator can be configured so. */
  takes(value: Json): boolean;
  /** What the superior's and the subordinate's come to; undefined when they cannot both hold. */
  merge(superior: Json, subordinate: Json): Json | undefined;
  /** The parameter afterwards, undefined for none. @throws FederationError when a check fails */
  apply(parameter: Json | undefined, operand: Json): Json | undefined;
}

const has = (values: Json[], value: Json): boolean => values.some((one) => isDeepStrictEqual(one, value));
const union = (a: Json[], b: Json[]): Json[] => [...a, ...b.filter((value) => !has(a, value))];
const intersection = (a: Json[], b: Json[]): Json[] => a.filter((value) => has(b, value));
const isWithin = (a: Json[], b: Json[]): boolean => a.every((value) => has(b, value));

const isList = (value: Json | undefined): value is Json[] => Array.isArray(value);
const list = (value: Json | undefined): Json[] => {
  if (!isList(value)) throw broken('a policy for lists meets a value that is none');
  return value;
};
const sameOrNone = (a: Json, b: Json): Json | undefined => (isDeepStrictEqual(a, b) ? a : undefined);

const operators: Record<string, Operator> = {
  value: { takes: () => true, merge: sameOrNone, apply: (_was, to) => (to === null ? undefined : to) },
  add: {
    takes: isList,
    merge: (a, b) => union(list(a), list(b)),
    apply: (was, more) => union(was === undefined ? [] : list(was), list(more)),
  },
  default: {
    takes: (value) => value !== null,
    merge: sameOrNone,
    apply: (was, otherwise) => was ?? otherwise,
  },
  one_of: {
    takes: (value) => isList(value) && value.length > 0,
    merge: (a, b) => {
      const both = intersection(list(a), list(b));
      return both.length > 0 ? both : undefined;
    },
    apply: (was, allowed) => {
      if (was !== undefined && !has(list(allowed), was))
        throw broken('a value is none of those a policy allows');
      return was;
    },
  },
  subset_of: {
    takes: isList,
    merge: (a, b) => intersection(list(a), list(b)),
    apply: (was, allowed) => (was === undefined ? undefined : intersection(list(was), list(allowed))),
  },
  superset_of: {
    takes: isList,
    merge: (a, b) => union(list(a), list(b)),
    apply: (was, needed) => {
      if (was !== undefined && !isWithin(list(needed), list(was)))
        throw broken('a value lacks what a policy demands');
      return was;
    },
  },
  essential: {
    takes: (value) => typeof value === 'boolean',
    merge: (a, b) => a === true || b === true,
    apply: (was, needed) => {
      if (was === undefined && needed === true) throw broken('a value that a policy demands is missing');
      return was;
    },
  },
};

type Pair = [one: string, other: string, holds: (one: Json, other: Json) => boolean];
/** Which two operators may stand beside each other only so (§6.1.3.1.1 to §6.1.3.1.7); all others may freely. */
const PAIRS: Pair[] = [
  ['value', 'add', (value, add) => isList(value) && isWithin(list(add), value)],
  ['value', 'default', (value) => value !== null],
  ['value', 'one_of', (value, allowed) => has(list(allowed), value)],
  ['value', 'subset_of', (value, allowed) => isList(value) && isWithin(value, list(allowed))],
  ['value', 'superset_of', (value, needed) => isList(value) && isWithin(list(needed), value)],
  ['value', 'essential', (value, needed) => !(value === null && needed === true)],
  ['add', 'one_of', () => false],
  ['add', 'subset_of', (add, allowed) => isWithin(list(add), list(allowed))],
  ['one_of', 'subset_of', () => false],
  ['one_of', 'superset_of', () => false],
  ['subset_of', 'superset_of', (allowed, needed) => isWithin(list(needed), list(allowed))],
];

/** Scopes are written in one string and meant as a list (§6.1.3.1.8). */
const asList = (value: Json): Json =>
  typeof value === 'string' ? value.split(' ').filter((scope) => scope !== '') : value;

/**
 * A parameter's policy, its operators known and allowed beside each other. Operators of other specifications are left
 * out: those that are critical have ended the statement before.
 * @throws FederationError `invalid_trust_chain`
 */
export function readParameterPolicy(name: string, policy: JsonObject): JsonObject {
  const known = Object.entries(policy).filter(([operator]) => STANDARD_OPERATORS.has(operator));
  const isScope = name === 'scope';
  const read = Object.fromEntries(
    known.map(([operator, value]) => {
      const operand = isScope && operator !== 'essential' && value !== null ? asList(value) : value;
      if (operators[operator]?.takes(operand) !== true)
        throw broken(`the policy of ${name} gives ${operator} what it does not take`);
      return [operator, operand];
    }),
  );
  return checkPairs(name, read);
}

/** §6.1.4.1: a subordinate's policy of a parameter merged into its superiors'. @throws FederationError */
export function mergeParameterPolicy(
  name: string,
  superior: JsonObject,
  subordinate: JsonObject,
): JsonObject {
  const merged = { ...superior };
  for (const [operator, value] of Object.entries(subordinate)) {
    const above = superior[operator];
    const both = above === undefined ? value : operators[operator]?.merge(above, value);
    if (both === undefined) throw broken(`the policies of ${name} contradict each other in ${operator}`);
    merged[operator] = both;
  }
  return checkPairs(name, merged);
}

/** §6.1.4.2: a parameter after its policy; undefined for none. @throws FederationError */
export function applyParameterPolicy(
  name: string,
  value: Json | undefined,
  policy: JsonObject,
): Json | undefined {
  const isScope = name === 'scope';
  let parameter = isScope && value !== undefined ? asList(value) : value;
  for (const operator of STANDARD_OPERATORS) {
    const operand = policy[operator];
    if (operand === undefined) continue;
    try {
      parameter = operators[operator]?.apply(parameter, operand);
    } catch (error) {
      throw broken(`${name}: ${(error as Error).message} (${operator})`);
    }
  }
  return isScope && isList(parameter) ? parameter.map(String).join(' ') : parameter;
}

function checkPairs(name: string, policy: JsonObject): JsonObject {
  for (const [one, other, holds] of PAIRS) {
    const [a, b] = [policy[one], policy[other]];
    if (a !== undefined && b !== undefined && !holds(a, b))
      throw broken(`the policy of ${name} may not combine ${one} with ${other} so`);
  }
  return policy;
}
