// Puts the source's file and line in the place of each line of the joined programs, in what comes on standard input:
//   docker compose logs idp-1 | docker compose run --rm -T --entrypoint node idp examples/deploy/where.mjs [FOLDER]
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = path.resolve(import.meta.dirname, '../..');
const folder = path.resolve(ROOT, process.argv[2] ?? 'dist');
const PLACE = /(?:file:\/\/)?[^\s()"]*\/((?:idp|mch-app|part-\w+)\.mjs):(\d+):(\d+)/g;
const maps = new Map();

function mapOf(file) {
  const read = () => new SourceMap(JSON.parse(readFileSync(path.join(folder, `${file}.map`), 'utf8')));
  if (!maps.has(file)) maps.set(file, read());
  return maps.get(file);
}

function sourceOf(whole, file, line, column) {
  const { fileName, lineNumber, columnNumber } = mapOf(file).findOrigin(Number(line), Number(column));
  if (fileName === undefined) return whole;
  return `${path.relative(ROOT, path.resolve(folder, fileName))}:${lineNumber}:${columnNumber}`;
}

process.stdout.write((await text(process.stdin)).replaceAll(PLACE, sourceOf));
