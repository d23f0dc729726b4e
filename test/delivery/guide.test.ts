import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SECTIONS as IDP } from '#idp/config.ts';
import { SECTIONS as MCH } from '#mch/config.ts';
import { listFiles } from '../support/source-tree.ts';
import { ROOT } from './files.ts';

const pages = ['README.md', ...listFiles(['docs'], ['.md'])].filter(
  (page) => !page.includes('catalogue-coverage'),
);
const textOf = (page: string): string => readFileSync(path.join(ROOT, page), 'utf8');
const settings = new Set([...IDP, ...MCH].flatMap((section) => Object.keys(section.settings)));
settings.add('OTEL_EXPORTER_OTLP_HEADERS'); // the exporter's own
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
const usage = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'idp/cli.ts'], {
  cwd: ROOT,
  encoding: 'utf8',
}).stderr;
/** Every command as its words before the first argument. */
const commands = [...usage.matchAll(/^ {2}([a-z][a-z-]*(?: [a-z][a-z-]*)*)/gm)].map(
  ([, words = '']) => words,
);

/** What stands in code: spans, and the lines of blocks. */
function codeIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```\w*\n([^]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n'));
  const spans = text.replaceAll(/^```\w*\n[^]*?^```/gm, '').matchAll(/`([^`\n]+)`/g);
  return [...blocks, ...[...spans].map(([, span = '']) => span)];
}

/** GitHub's name for a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe.each(pages)('%s', (page) => {
  const text = textOf(page);
  const code = codeIn(text);

  it('links to pages and headings that are there', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const dead = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), file);
      if (!existsSync(path.join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  it('names only scripts and commands that are there', () => {
    const run = code.flatMap((line) => [...line.matchAll(/\bnpm run (?:-s |-w \S+ )?([\w:]+)/g)]);
    expect(run.map(([, script = '']) => script).filter((script) => !scripts[script])).toEqual([]);
    const said = code.flatMap((line) => [
      ...line.matchAll(/(?:^|npm run (?:-s )?|--rm (?:-T )?)idp (?:-- )?([a-z][a-z-]*(?: [a-z][a-z-]*)?)/g),
    ]);
    const isKnown = (words: string): boolean =>
      commands.some(
        (command) => command === words || command === words.split(' ')[0] || command.startsWith(`${words} `),
      );
    expect(said.map(([, words = '']) => words).filter((words) => !isKnown(words))).toEqual([]);
  });

  it('names only settings that a program reads', () => {
    const ours =
      /^(IDP|MCH|KEY|JWKS|CLOCK|SESSION|AUDIT|RETENTION|REVIEW|BREACH|WATCH|MAIL|ARGON2|OTEL|LOGOUT)_[A-Z0-9_]+$/;
    const named = code
      .flatMap((line) => line.match(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g) ?? [])
      .filter((name) => ours.test(name));
    const isKnown = (name: string): boolean => {
      const plain = name.replace(/_(FILE|COMMAND)$/, '');
      // RETENTION_…_DAYS and the like stand for several
      return (
        settings.has(name) ||
        settings.has(plain) ||
        (name.endsWith('_') && [...settings].some((one) => one.startsWith(name)))
      );
    };
    expect([...new Set(named)].filter((name) => !isKnown(name))).toEqual([]);
  });
});

it('the guide tells of every command', () => {
  const lines = pages.flatMap((page) => textOf(page).split('\n'));
  const isTold = (command: string): boolean => {
    const [noun = '', verb] = command.split(' ');
    return lines.some(
      (line) =>
        line.includes(`\`${command}`) || (line.includes(`\`${noun} `) && line.includes(`\`${verb}\``)),
    );
  };
  expect(commands.filter((command) => !isTold(command))).toEqual([]);
});
