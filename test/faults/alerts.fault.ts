import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { needPackages } from './debian.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../docs/monitoring');

describe('the alert rules, by promtool', () => {
  beforeAll(() => needPackages('prometheus'));

  it.each([
    ['check', 'alerts.yml', 'SUCCESS'],
    ['test', 'alerts.test.yml', 'SUCCESS'],
  ])('%s rules %s', (deed, file, said) => {
    const output = execFileSync('promtool', [deed, 'rules', file], { cwd: FOLDER, encoding: 'utf8' });
    expect(output).toContain(said);
  });
});
