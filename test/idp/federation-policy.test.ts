import {
  applyPolicy,
  checkConstraints,
  isEntityId,
  isWithin,
  resolvePolicy,
} from '#idp/federation/trust-chain/index.ts';
import { brokenRule } from './federation-world.ts';

type Operators = Record<string, unknown>;

const shape = (parameter: string, value: unknown, ...policies: Operators[]): unknown => {
  const policy = resolvePolicy(policies.map((operators) => ({ rp: { [parameter]: operators } })));
  const metadata = value === undefined ? {} : { [parameter]: value };
  return applyPolicy({ rp: metadata }, policy)['rp']?.[parameter];
};

describe('OpenID Federation §6.1.3.1: what operators do to a parameter, in their order', () => {
  it.each<[string, unknown, Operators[], unknown]>([
    ['value sets', 'a', [{ value: 'b' }], 'b'],
    ['value null removes', 'a', [{ value: null }], undefined],
    ['add completes without repeating', ['a'], [{ add: ['a', 'b'] }], ['a', 'b']],
    ['add begins', undefined, [{ add: ['b'] }], ['b']],
    ['default fills', undefined, [{ default: 'd' }], 'd'],
    ['default leaves', 'a', [{ default: 'd' }], 'a'],
    ['one_of takes', 'a', [{ one_of: ['a', 'b'] }], 'a'],
    ['one_of leaves absent', undefined, [{ one_of: ['a'] }], undefined],
    ['subset_of cuts', ['a', 'e'], [{ subset_of: ['a', 'b', 'c'], essential: true }], ['a']],
    ['subset_of may leave nothing', ['d'], [{ subset_of: ['a'], essential: true }], []],
    ['subset_of leaves absent', undefined, [{ subset_of: ['a'] }], undefined],
    ['superset_of takes', ['a', 'b'], [{ superset_of: ['a'] }], ['a', 'b']],
    [
      'add before subset_of before superset_of',
      ['x'],
      [{ add: ['a'], subset_of: ['a', 'b'], superset_of: ['a'] }],
      ['a'],
    ],
    ['default before the checks', undefined, [{ default: ['a', 'z'], subset_of: ['a'] }], ['a']],
    ['default may say no', undefined, [{ default: false }], false],
    ['subset_of of nothing in common, voluntary (table 1)', ['d', 'e'], [{ subset_of: ['a'] }], []],
    ['superset_of leaves absent', undefined, [{ superset_of: ['a'] }], undefined],
    ['essential false asks nothing', undefined, [{ essential: false }], undefined],
    ['value beside add', [], [{ value: ['a', 'b'], add: ['a'] }], ['a', 'b']],
    ['value beside default', 'x', [{ value: 'a', default: 'b' }], 'a'],
    ['value beside one_of', 'x', [{ value: 'a', one_of: ['a', 'b'] }], 'a'],
    ['value beside subset_of', ['x'], [{ value: ['a'], subset_of: ['a', 'b'] }], ['a']],
    ['value beside superset_of', ['x'], [{ value: ['a', 'b'], superset_of: ['a'] }], ['a', 'b']],
    ['value null beside essential false', 'x', [{ value: null, essential: false }], undefined],
    ['a set exactly, by two operators', ['a', 'b'], [{ subset_of: ['a'], superset_of: ['a'] }], ['a']],
    ['merged: nothing in common of subset_of', ['a'], [{ subset_of: ['a'] }, { subset_of: ['b'] }], []],
    [
      'merged: union of superset_of',
      ['a', 'b'],
      [{ superset_of: ['a'] }, { superset_of: ['b'] }],
      ['a', 'b'],
    ],
    ['merged: essential from below', 'a', [{ essential: false }, { essential: true }], 'a'],
    ['an operator nobody knows is ignored (§6.1.3.2)', 'a', [{ regexp: '.*' }], 'a'],
    ['merged: union of add', ['a'], [{ add: ['b'] }, { add: ['c'] }], ['a', 'b', 'c']],
    [
      'merged: intersection of subset_of',
      ['a', 'b'],
      [{ subset_of: ['a', 'b'] }, { subset_of: ['b', 'c'] }],
      ['b'],
    ],
    ['merged: intersection of one_of', 'b', [{ one_of: ['a', 'b'] }, { one_of: ['b'] }], 'b'],
    [
      'merged: equal values whatever their order',
      ['a'],
      [{ value: ['a', 'b'] }, { value: ['b', 'a'] }],
      ['b', 'a'],
    ],
  ])('%s', (_what, value, policies, outcome) => {
    expect(shape('p', value, ...policies)).toEqual(outcome);
  });

  it('reads scope as a list and writes it as one string (§6.1.3.1.8)', () => {
    expect(shape('scope', 'openid admin email', { subset_of: ['openid', 'email'] })).toBe('openid email');
    expect(shape('scope', undefined, { default: 'openid' })).toBe('openid');
  });

  it.each<[string, unknown, Operators[]]>([
    ['one_of refuses', 'z', [{ one_of: ['a'] }]],
    ['superset_of refuses', ['b'], [{ superset_of: ['a'] }]],
    ['essential misses', undefined, [{ essential: true }]],
    ['essential from above stays', undefined, [{ essential: true }, { essential: false }]],
    ['essential from below counts', undefined, [{ essential: false }, { essential: true }]],
    ['essential beside subset_of (table 1)', undefined, [{ essential: true, subset_of: ['a'] }]],
    ['merged: more of superset_of than there is', ['a'], [{ superset_of: ['a'] }, { superset_of: ['b'] }]],
    ['add on no list', 'a', [{ add: ['a'] }]],
    ['default of null', 'a', [{ default: null }]],
    ['one_of beside superset_of', [], [{ one_of: ['a'], superset_of: ['a'] }]],
    ['value of no list beside add', 'a', [{ value: 'a', add: ['a'] }]],
    ['essential that is no boolean', 'a', [{ essential: 'yes' }]],
    ['a list operator on no list', 'a', [{ subset_of: ['a'] }]],
    ['value beside add it lacks', [], [{ value: ['a'], add: ['b'] }]],
    ['value null beside default', 'a', [{ value: null, default: 'd' }]],
    ['value null beside essential', 'a', [{ value: null, essential: true }]],
    ['value outside one_of', 'a', [{ value: 'z', one_of: ['a'] }]],
    ['value outside subset_of', [], [{ value: ['z'], subset_of: ['a'] }]],
    ['value below superset_of', [], [{ value: ['a'], superset_of: ['a', 'b'] }]],
    ['add beside one_of', [], [{ add: ['a'], one_of: ['a'] }]],
    ['add outside subset_of', [], [{ add: ['z'], subset_of: ['a'] }]],
    ['one_of beside subset_of', [], [{ one_of: ['a'], subset_of: ['a'] }]],
    ['subset_of below superset_of', [], [{ subset_of: ['a'], superset_of: ['b'] }]],
    ['two values', 'a', [{ value: 'a' }, { value: 'b' }]],
    ['two defaults', 'a', [{ default: 'a' }, { default: 'b' }]],
    ['one_of without a common one', 'a', [{ one_of: ['a'] }, { one_of: ['b'] }]],
    ['a combination that merging makes', [], [{ subset_of: ['a'] }, { add: ['b'] }]],
    ['an operator of another type', 'a', [{ one_of: 'a' }]],
    ['an object, which is not compared', 'a', [{ value: { a: 1 } }]],
  ])('refuses: %s', async (_what, value, policies) => {
    expect(await brokenRule(() => shape('p', value, ...policies))).toBe('policy');
  });
});

describe('OpenID Federation §6.2 and §1.2: constraints and names', () => {
  const link = (iss: string, sub: string, constraints?: object) =>
    ({ iss, sub, ...(constraints && { constraints }) }) as never;
  const leaf = link('https://l.example', 'https://l.example');

  it.each<[string, object, object, string | undefined]>([
    ['no intermediate between', {}, { max_path_length: 0 }, 'path_length'],
    ['one intermediate between', {}, { max_path_length: 1 }, undefined],
    ['an intermediate restricts what is below it alone', { max_path_length: 0 }, {}, undefined],
    ['a permitted domain', {}, { naming_constraints: { permitted: ['.example'] } }, undefined],
    ['outside the permitted ones', {}, { naming_constraints: { permitted: ['.other'] } }, 'name'],
    ['nothing permitted', {}, { naming_constraints: { permitted: [] } }, 'name'],
    [
      'excluded beats permitted',
      {},
      { naming_constraints: { permitted: ['.example'], excluded: ['l.example'] } },
      'name',
    ],
    ['an intermediate has a name too', {}, { naming_constraints: { excluded: ['i.example'] } }, 'name'],
  ])('%s', async (_what, low, high, rule) => {
    const chain = [
      leaf,
      link('https://i.example', 'https://l.example', low),
      link('https://t.example', 'https://i.example', high),
    ];
    expect(await brokenRule(() => checkConstraints(chain))).toBe(rule);
  });

  it('takes a domain for what is below it, and one spelling for an entity', () => {
    expect([isWithin('https://a.b.gov.tw', '.gov.tw'), isWithin('https://gov.tw', '.gov.tw')]).toEqual([
      true,
      false,
    ]);
    expect([isWithin('https://evilgov.tw', 'gov.tw'), isWithin('https://GOV.tw', 'gov.TW')]).toEqual([
      false,
      true,
    ]);
    const good = ['https://a.example', 'https://a.example:8443/b', 'http://127.0.0.1:1'];
    const bad = [
      'http://a.example',
      'https://a.example?x',
      'https://a.example#x',
      'https://u@a.example',
      'https://A.example',
      'https://a.example.',
      'https://a.example/../b',
      'a',
      'https://a.example/*',
    ];
    expect([good.every(isEntityId), bad.filter(isEntityId)]).toEqual([true, []]);
  });
});
