import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { runProgram } from '../support/replica.ts';
import { DEPLOY, ROOT } from './files.ts';

/* The programs as the image runs them: joined into a few files. */
describe('the joined programs', () => {
  let folder: string;
  let world: IdpWorld | undefined;

  beforeAll(async () => {
    mkdirSync(path.join(ROOT, '.tmp'), { recursive: true });
    folder = mkdtempSync(path.join(ROOT, '.tmp/joined-'));
    execFileSync(process.execPath, [path.join(DEPLOY, 'bundle.mjs'), folder]);
    world = await startIdpWorld({ program: path.join(folder, 'idp.mjs') });
  });
  afterAll(async () => {
    await world?.stop();
    rmSync(folder, { recursive: true });
  });

  it('sign in, silently too, switch accounts, and show pages with what belongs to them', async () => {
    if (!world) throw new Error('not started');
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    const first = { loginName: 'demo.nurse', account: 'P@00000001P@lab_01' };
    const tokens = await rp.redeem(await rp.authorize(browser, {}, first));
    expect(tokens.claims()?.['subsystem_account']).toMatchObject({ id: first.account });
    const silent = await rp.redeem(await rp.authorize(browser, { prompt: 'none' }));
    const switched = await rp.exchange(silent.access_token, 'P@00000001P@lab_02');
    expect(switched.access_token).toBeTruthy();

    const home = await (await fetch(`${world.issuer}/`)).text();
    const sheet = /href="([^"]+\.css)"/.exec(home)?.[1] ?? '';
    expect((await fetch(new URL(sheet, world.issuer))).status).toBe(200);
  });

  it('say in one sentence what is missing', async () => {
    const { code, output } = await runProgram([path.join(folder, 'mch-app.mjs')], {});
    expect([code, output]).toEqual([1, expect.stringContaining('Settings that cannot work')]);
  });

  it('lead from a line of a stack back to the source', () => {
    const at = readdirSync(folder)
      .filter((file) => file.endsWith('.mjs'))
      .flatMap((file) =>
        readFileSync(path.join(folder, file), 'utf8')
          .split('\n')
          .flatMap((text, line) =>
            text.includes('async function startReplica(') ? [`${folder}/${file}:${line + 1}:16`] : [],
          ),
      );
    const said = execFileSync(process.execPath, [path.join(DEPLOY, 'where.mjs'), folder], {
      input: `Error: no\n    at startReplica (file://${at.join()})\n`,
      encoding: 'utf8',
    });
    expect(said).toMatch(/^Error: no\n {4}at startReplica \(idp\/replica\.ts:\d+:\d+\)\n$/);
  });
});
