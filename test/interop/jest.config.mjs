import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const { jest } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** `npm run interop [-- names]`: every client that nobody here wrote; those of other stacks where their runtime is. */
export default {
  ...jest,
  rootDir: root,
  testMatch: ['<rootDir>/test/interop/*.{interop,test}.ts'],
  reporters: ['default', path.join(import.meta.dirname, 'not-run-reporter.mjs')],
  maxWorkers: 1,
  testTimeout: 600_000,
};
