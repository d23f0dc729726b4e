import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { visitDemo } from '../browser/demo-steps.ts';
import { LOOKS } from '../browser/steps.ts';
import { launchBrowser, newContext } from '../support/browser.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { freePort, launchProgram } from '../support/replica.ts';

/* `npm start`: what a newcomer sees first. */

const READY = 'Ctrl-C stops everything.';

describe('npm start', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'single-entry-start-'));
  let ports: Record<'IDP_PORT' | 'MCH_PORT' | 'EXAMPLES_PORT' | 'GROUP_PORT' | 'FEDERATION_PORT', string>;

  const start = (env: NodeJS.ProcessEnv = {}) =>
    launchProgram(['examples/demo/main.ts'], {
      ...{ DATA_DIR: dataDir, CAPTCHA_FIXED: FIXED_CAPTCHA, ...ports, ...env },
    });
  const untilSaid = async (program: ReturnType<typeof start>, words: string): Promise<void> => {
    const ended = program.exited.then(() => {
      throw new Error(program.output());
    });
    const said = async (): Promise<void> => {
      while (!program.output().includes(words)) await sleep(50);
    };
    await Promise.race([said(), ended]);
  };
  const answers = async (port: string): Promise<boolean> =>
    fetch(`http://localhost:${port}/`, { redirect: 'manual' }).then(
      () => true,
      () => false,
    );

  beforeAll(async () => {
    const examples = await freePort();
    ports = {
      IDP_PORT: String(await freePort()),
      MCH_PORT: String(await freePort()),
      EXAMPLES_PORT: String(examples),
      GROUP_PORT: String(await freePort()),
      FEDERATION_PORT: String(await freePort()),
    };
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('brings everything up in time, and down with one Ctrl-C that arrives twice', async () => {
    const began = performance.now();
    const demo = start();
    await untilSaid(demo, READY);
    // 15 seconds on a machine of its own; here other tests use the same two cores
    expect(performance.now() - began).toBeLessThan(60_000);
    for (const port of Object.values(ports)) expect(await answers(port)).toBe(true);
    const chain = launchProgram(
      ['idp/cli.ts', 'authority', 'check', path.join(dataDir, 'federation/ministry')].concat(
        `http://localhost:${ports.MCH_PORT}`,
        '--private-networks',
      ),
      {},
    );
    expect([await chain.exited, chain.output()]).toEqual([
      0,
      expect.stringContaining('/marks/subsystem by '),
    ]);

    const second = start({ IDP_PORT: String(await freePort()), MCH_PORT: String(await freePort()) });
    expect(await second.exited).toBe(1);
    expect(second.output()).toMatch(/^(Port \d+ is in use|Another start is running)[^\n]*\n$/);

    demo.child.kill('SIGINT');
    demo.child.kill('SIGINT');
    expect(await demo.exited).toBe(0);
    for (const port of Object.values(ports)) expect(await answers(port)).toBe(false);
  });

  it('leaves nothing behind when it is killed, and starts again where it was: in Chromium MCH is one click away', async () => {
    const demo = start();
    await untilSaid(demo, READY);
    demo.child.kill('SIGKILL');
    await demo.exited;
    const deadline = Date.now() + 5000;
    while ((await answers(ports.MCH_PORT)) && Date.now() < deadline) await sleep(50);
    const again = start(); // it would refuse ports that something left behind still holds
    await untilSaid(again, READY);

    // the MCH system is a client by its chain of trust: it shares no secret
    const [idp, mch] = [ports.IDP_PORT, ports.MCH_PORT].map((port) => `http://localhost:${port}`);
    const browser = await launchBrowser();
    try {
      for (const look of LOOKS) {
        const page = await (await newContext(browser, look)).newPage();
        expect(await visitDemo(page, { idp: idp ?? '', mch: mch ?? '' })).toEqual([mch]);
        await page.context().close();
      }
    } finally {
      await browser.close();
    }
    again.child.kill('SIGTERM');
    expect(await again.exited).toBe(0);
  }, 150_000);

  it.each([
    ['a port that is no number', { IDP_PORT: 'three' }, /IDP_PORT/],
    ['a port named twice', { IDP_PORT: '4999', MCH_PORT: '4999' }, /must differ/],
    ['a data folder that is a file', { DATA_DIR: import.meta.filename }, /cannot be written/],
    [
      'a database that is away',
      { IDP_DATABASE_URL: 'postgres://127.0.0.1:1/a', MCH_DATABASE_URL: 'postgres://127.0.0.1:1/b' },
      /database/,
    ],
  ])('says in one sentence what is wrong: %s', async (_case, env, sentence) => {
    const demo = start({ DATA_DIR: path.join(dataDir, 'other'), ...env });
    expect(await demo.exited).toBe(1);
    expect(demo.output()).toMatch(sentence);
    expect(demo.output().trimEnd().split('\n')).toHaveLength(1);
  });

  it('refuses a data folder that is damaged, and keeps it', async () => {
    writeFileSync(path.join(dataDir, 'secrets.json'), '{');
    const demo = start();
    expect(await demo.exited).toBe(1);
    expect(demo.output()).toMatch(/^.*secrets\.json cannot be read.*\n$/);
    expect(existsSync(path.join(dataDir, 'pg18', 'PG_VERSION'))).toBe(true);
  });
});
