import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const { jest } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** `npm run test:faults [names]`: one file after the other, each as long as it needs. */
export default {
  ...jest,
  rootDir: root,
  testMatch: ['<rootDir>/test/faults/*.fault.ts'],
  maxWorkers: 1,
  testTimeout: 1_800_000,
};
