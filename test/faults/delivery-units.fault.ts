import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEPLOY, ROOT } from '../delivery/files.ts';
import { needPackages } from './debian.ts';

const UNITS = ['single-entry-idp.service', 'single-entry-mch.service'];
/** Known from systemd 254 on; what is older says that it passes them over. */
const LATER = /Unknown key (name )?'(RestartSteps|RestartMaxDelaySec)' in section/;

describe("the units, in systemd's own judgement", () => {
  let folder: string;
  beforeAll(() => {
    needPackages('systemd');
    folder = mkdtempSync(path.join(tmpdir(), 'units-'));
    for (const name of UNITS) {
      const text = readFileSync(path.join(DEPLOY, 'systemd', name), 'utf8');
      writeFileSync(path.join(folder, name), text.replaceAll('/opt/single-entry', ROOT));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const analyze = (...args: string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  const files = (): string[] => UNITS.map((name) => path.join(folder, name));

  it('says nothing against them, but of keys that an older systemd does not know', () => {
    const { status, stderr } = analyze('verify', '--man=no', ...files());
    const said = stderr.split('\n').filter((line) => line !== '' && !LATER.test(line));
    expect({ status, said }).toEqual({ status: 0, said: [] });
  });

  it('leaves them exposed to 2.0 of 10 at most', () => {
    for (const file of files()) {
      const { status, stdout } = analyze('security', '--offline=yes', '--threshold=20', '--no-pager', file);
      expect([status, /Overall exposure level for \S+: (\S+)/.exec(stdout)?.[1]]).toEqual([
        0,
        expect.any(String),
      ]);
    }
  });
});
