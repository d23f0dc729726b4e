import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { FAULT_STATUS } from '#kit/errors.ts';
import { hasText, readTexts, translate } from '#templates/locales.ts';
import { readTemplates } from '#templates/engine.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const chinese = readTexts('zh-TW');
const english = readTexts('en');

const paramsOf = (text = ''): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => String(match[1]));

describe('the two languages', () => {
  test('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  test('take the same parameters', () => {
    const uneven = [...chinese].filter(
      ([key, text]) => paramsOf(text).sort().join() !== paramsOf(english.get(key)).sort().join(),
    );
    expect(uneven).toEqual([]);
  });

  test('leave nothing empty and do not mix', () => {
    const blank = [...chinese, ...english].filter(([, text]) => text.trim() === '');
    // the language switch names the other language in its own words
    const mixed = [...english].filter(
      ([key, text]) => key !== 'page.other-language' && /\p{Script=Han}/u.test(text),
    );
    expect({ blank, mixed }).toEqual({ blank: [], mixed: [] });
  });
});

describe('keys that are asked for', () => {
  test('every fault has a title, says what happened and what is kept', () => {
    const keys = [...Object.keys(FAULT_STATUS), 'unexpected', 'protocol_error'].flatMap((code) =>
      ['title', 'what', 'kept'].map((part) => `fault.${code}.${part}`),
    );
    expect(keys.filter((key) => !hasText('zh-TW', key))).toEqual([]);
  });

  test('templates name only keys that exist', () => {
    const sources = readTemplates(['layouts', 'partials', 'idp', 'mch-app']);
    const asked = sources.flatMap(([name, source]) =>
      [...source.matchAll(/[({]t "([^"]+)"/g)].map((match) => [name, String(match[1])] as const),
    );
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.filter(([, key]) => !hasText('zh-TW', key))).toEqual([]);
  });

  test('the applications name only keys that exist', () => {
    const asked = ['idp', 'mch-app'].flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .flatMap((file) => {
          const source = readFileSync(path.join(ROOT, folder, file), 'utf8');
          return [...source.matchAll(/\bkey: '([a-z-]+\.[\w.-]+)'/g)].map((match) => [
            file,
            String(match[1]),
          ]);
        }),
    );
    expect(asked.filter(([, key]) => !hasText('zh-TW', String(key)))).toEqual([]);
  });

  test('a missing key is a bug, not a blank', () => {
    expect(() => translate('en', 'page.nothing')).toThrow('no text for page.nothing');
  });
});
