import { applyPolicy, mergePolicies } from '#kit/federation/metadata-policy.ts';
import type { Json, JsonObject, MetadataPolicy } from '#kit/federation/types.ts';

const RP = 'openid_relying_party';
const of = (name: string, policy: JsonObject): MetadataPolicy => ({ [RP]: { [name]: policy } });
const merged = (name: string, ...policies: JsonObject[]): JsonObject | undefined =>
  mergePolicies(policies.map((policy) => of(name, policy)))[RP]?.[name];
const applied = (policy: JsonObject, value: Json | undefined, name = 'x'): Json | undefined =>
  applyPolicy({ [RP]: value === undefined ? {} : { [name]: value } }, mergePolicies([of(name, policy)]))[
    RP
  ]?.[name];

describe('OpenID Federation 1.0 §6.1.3.1: what an operator makes of a parameter', () => {
  test.each<[JsonObject, Json | undefined, Json | undefined]>([
    [{ value: 'a' }, 'b', 'a'],
    [{ value: ['a'] }, undefined, ['a']],
    [{ value: null }, 'b', undefined],
    [{ add: ['a', 'b'] }, ['b', 'c'], ['b', 'c', 'a']],
    [{ add: ['a'] }, undefined, ['a']],
    [{ default: 'a' }, undefined, 'a'],
    [{ default: 'a' }, 'b', 'b'],
    [{ default: false }, undefined, false],
    [{ one_of: ['a', 'b'] }, 'b', 'b'],
    [{ one_of: ['a', 'b'] }, undefined, undefined],
    [{ one_of: [{ a: 1 }] }, { a: 1 }, { a: 1 }],
    [{ subset_of: ['a', 'b', 'c'] }, ['a', 'e'], ['a']],
    [{ subset_of: ['a', 'b', 'c'], essential: true }, ['d', 'e'], []],
    [{ subset_of: ['a', 'b', 'c'] }, ['d', 'e'], []],
    [{ subset_of: ['a', 'b', 'c'] }, undefined, undefined],
    [{ superset_of: ['a'] }, ['a', 'b'], ['a', 'b']],
    [{ superset_of: ['a'] }, undefined, undefined],
    [{ essential: false }, undefined, undefined],
    [{ default: ['a'], subset_of: ['a', 'b'], superset_of: ['a'], essential: true }, undefined, ['a']],
    [{ add: ['z'], subset_of: ['a', 'z'] }, ['a', 'b'], ['a', 'z']],
    [{ unheard_of: 'x', value: 'a' }, 'b', 'a'],
  ])('%j makes of %j: %j', (policy, value, expected) => {
    expect(applied(policy, value)).toEqual(expected);
  });

  test.each<[JsonObject, Json | undefined, string]>([
    [{ one_of: ['a', 'b'] }, 'c', 'one_of'],
    [{ superset_of: ['a', 'b'] }, ['a'], 'superset_of'],
    [{ essential: true }, undefined, 'essential'],
    [{ essential: true, subset_of: ['a'] }, undefined, 'essential'],
    [{ value: null, essential: false, default: 'a' }, 'x', 'value with default'],
    [{ subset_of: ['a'] }, 'a', 'lists'],
    [{ add: ['a'] }, 'a', 'lists'],
  ])('%j refuses %j', (policy, value, reason) => {
    expect(() => applied(policy, value)).toThrow(reason);
  });

  test('§6.1.3.1.8: a scope is a list written as a string', () => {
    expect(applied({ subset_of: ['openid', 'profile'] }, 'openid offline_access profile', 'scope')).toBe(
      'openid profile',
    );
    expect(applied({ default: 'openid' }, undefined, 'scope')).toBe('openid');
  });

  test('a policy of a type gives nobody that type', () => {
    const policy = mergePolicies([of('redirect_uris', { value: ['https://elsewhere.example/'] })]);
    expect(applyPolicy({ openid_provider: {} }, policy)).toEqual({ openid_provider: {} });
  });
});

describe('§6.1.3: operators that may not stand beside each other so', () => {
  test.each<[JsonObject]>([
    [{ value: ['a'], add: ['b'] }],
    [{ value: 'a', add: ['a'] }],
    [{ value: null, default: 'a' }],
    [{ value: 'c', one_of: ['a', 'b'] }],
    [{ value: ['a', 'c'], subset_of: ['a', 'b'] }],
    [{ value: ['a'], superset_of: ['a', 'b'] }],
    [{ value: null, essential: true }],
    [{ add: ['a'], one_of: ['a'] }],
    [{ add: ['c'], subset_of: ['a', 'b'] }],
    [{ one_of: ['a'], subset_of: ['a'] }],
    [{ one_of: ['a'], superset_of: ['a'] }],
    [{ subset_of: ['a'], superset_of: ['a', 'b'] }],
  ])('%j, in one policy or merged of two', (policy) => {
    expect(() => merged('x', policy)).toThrow('may not combine');
    const [[one, a], [other, b]] = Object.entries(policy) as [[string, Json], [string, Json]];
    expect(() => merged('x', { [one]: a }, { [other]: b })).toThrow('may not combine');
    expect(() => merged('x', { [other]: b }, { [one]: a })).toThrow('may not combine');
  });

  test.each<[JsonObject]>([
    [{ add: 'a' }],
    [{ default: null }],
    [{ one_of: 'a' }],
    [{ one_of: [] }],
    [{ subset_of: 'a' }],
    [{ superset_of: { a: 1 } }],
    [{ essential: 'yes' }],
  ])('%j is not what the operator takes', (policy) => {
    expect(() => merged('x', policy)).toThrow('what it does not take');
  });
});

describe('§6.1.4.1: superiors’ policies merged', () => {
  test.each<[JsonObject, JsonObject, JsonObject]>([
    [{ value: 'a' }, { value: 'a' }, { value: 'a' }],
    [{ add: ['a'] }, { add: ['b', 'a'] }, { add: ['a', 'b'] }],
    [{ default: 'a' }, { default: 'a' }, { default: 'a' }],
    [{ one_of: ['a', 'b'] }, { one_of: ['b', 'c'] }, { one_of: ['b'] }],
    [{ subset_of: ['a', 'b'] }, { subset_of: ['b', 'c'] }, { subset_of: ['b'] }],
    [{ subset_of: ['a'] }, { subset_of: ['b'] }, { subset_of: [] }],
    [{ superset_of: ['a'] }, { superset_of: ['b'] }, { superset_of: ['a', 'b'] }],
    [{ essential: true }, { essential: false }, { essential: true }],
    [{ essential: false }, { essential: true }, { essential: true }],
    [{ default: 'a' }, { one_of: ['a'] }, { default: 'a', one_of: ['a'] }],
  ])('%j with %j below it: %j', (superior, subordinate, expected) => {
    expect(merged('x', superior, subordinate)).toEqual(expected);
  });

  test.each<[JsonObject, JsonObject]>([
    [{ value: 'a' }, { value: 'b' }],
    [{ default: 'a' }, { default: 'b' }],
    [{ one_of: ['a'] }, { one_of: ['b'] }],
  ])('%j and %j below it contradict each other', (superior, subordinate) => {
    expect(() => merged('x', superior, subordinate)).toThrow('contradict');
  });

  test('other types and parameters stand beside each other', () => {
    const policy = mergePolicies([
      { a: { x: { value: 1 } } },
      { a: { y: { value: 2 } }, b: { x: { value: 3 } } },
    ]);
    expect(policy).toEqual({ a: { x: { value: 1 }, y: { value: 2 } }, b: { x: { value: 3 } } });
  });
});
