import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const { jest } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** `npm run interop [-- names]`: the example clients of other stacks, each where its runtime is present. */
export default {
  ...jest,
  rootDir: root,
  testMatch: ['<rootDir>/test/interop/*.interop.ts'],
  maxWorkers: 1,
  testTimeout: 600_000,
};
