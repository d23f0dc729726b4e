import { listFiles, readCode } from './support/source-tree.ts';
import { templatesOf } from './support/template-texts.ts';

/* I6: a statement's text is written here, in the sources; what people and programs send reaches it as a parameter. */

const READS_LIKE_SQL =
  /\bselect\b[\s\S]*\bfrom\b|\binsert into\b|\bupdate \w+ |\bdelete from\b|\bwhere [\w.]+ (?:=|<|>|in |is )|\breturning\b|\border by\b/i;

/** Texts of the protocol's own storage are put together by hand, each part from what is written there. */
const BY_HAND = /^idp\/oidc\/storage\//;
/** A placeholder, a constant, or a part made by a function of the same folder from names of columns. */
const MADE =
  /^(v|statement\.value)\(|^\w+\.map\(v\)\.join\(', '\)$|^[A-Z_]+$|^(join\w+|candidatesText|castAudit)\(/;
/** What else goes into those texts: names of columns, tables and parts, none of which comes from outside. */
const NAMED = [
  ...[
    'account',
    'accountId',
    'clientId',
    'columns',
    'grantId',
    'id',
    'joins',
    'key.table',
    'life.table',
    'bucket',
    'fate',
  ],
  ...['name', 'names', 'preferred', 'secret', 'source', 'sql', 'table', 'uid', 'unchanged', 'verdict'],
];

/** Tables are made from what stands there, before anybody sends anything. */
const sources = listFiles(['idp', 'mch-app', 'kit', 'templates'], ['.ts'])
  .filter((file) => !file.endsWith('/schema.ts'))
  .map((file) => ({ file, code: readCode(file) }));

describe('I6: no statement is put together from what was sent', () => {
  it('finds templates as they stand', () => {
    const [outer, inner] = templatesOf(
      "const a = sql<{ a: 'x' }>`where ${b ? sql`a = ${c}` : ''}`; f(`${d}`)",
    );
    expect(outer).toMatchObject({ tag: 'sql', holes: ["b ? sql`a = ${c}` : ''"] });
    expect(inner).toEqual({ tag: 'sql', text: 'a =  ? ', holes: ['c'] });
  });

  it('writes statements by the tag that makes parameters of what is put into them', () => {
    const wrong = sources.flatMap(({ file, code }) =>
      templatesOf(code)
        .filter(({ tag, holes, text }) => tag !== 'sql' && holes.length > 0 && READS_LIKE_SQL.test(text))
        .flatMap(({ holes }) => holes)
        .filter((hole) => !BY_HAND.test(file) || !(MADE.test(hole) || NAMED.includes(hole)))
        .map((hole) => `${file}: ${hole}`),
    );
    expect(wrong).toEqual([]);
  });

  it('adds no text to a statement', () => {
    const adding = /\b(?:query|sql)(?:<[^()]*>)?\(\s*(?:'[^']*'|`[^`]*`|[\w.]+)\s*\+/;
    expect(sources.filter(({ code }) => adding.test(code)).map(({ file }) => file)).toEqual([]);
  });

  it('takes a text as it is only for the types of our own columns, and literals only where nobody sends them', () => {
    const given = (call: string): string[] => {
      const taken = new RegExp(`sql\\.${call}\\(((?:[^()]|\\([^()]*\\))*)\\)`, 'g');
      const all = sources.flatMap(({ code }) => [...code.matchAll(taken)].map(([, what = '']) => what));
      return [...new Set(all)].sort();
    };
    expect(given('raw')).toEqual(['of.keyType', "types[0] ?? ''", "types[1] ?? ''"]);
    expect(given('lit')).toEqual([
      ...['FEW.people', 'FEW.people + 1', 'FEW.records', 'FEW.records + 1', 'MOST.aBand', 'MOST.compared'],
      ...[
        'MOST.seen',
        'REGISTERED_WITH',
        'bucket',
        'from.toISOString()',
        'kind',
        'kind.key',
        'limit',
        'options.limit',
      ],
      ...['options.upTo', 'state', 'to.toISOString()'],
    ]);
  });
});
