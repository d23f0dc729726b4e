import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as oidc from 'openid-client';
import { generateSync } from 'otplib';
import { DEMO_PASSWORD, people } from '#db/idp/seed/world.ts';
import { eventually as soon } from '../support/eventually.ts';
import type { PageForm } from '../support/html.ts';
import { FIXED_CAPTCHA, type Journey, createJourney } from '../support/journey.ts';
import { plainTextOf } from '../support/mail-sink.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { OLDEST_BINARIES, PostgresServer } from './postgres-server.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const LAB_1 = 'P@00000001P@lab_01';
const OTHER_PASSWORD = 'Jade~Mountain2026';
const asks =
  (name: string) =>
  (form: PageForm): boolean =>
    name in form.fields;

/** On a busy machine too. */
const eventually = (check: () => void | Promise<void>): Promise<void> => soon(check, 60_000);

describe('a database taken back to a point in time', () => {
  let folder: string;
  let server: PostgresServer;
  let world: FaultWorld;
  let backup: string;
  let archive: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'pitr-'));
    server = await PostgresServer.create('data', folder);
    archive = server.makeFolder('archive');
    backup = path.join(path.dirname(server.dataDir), 'backup');
    server.initialise(['archive_mode=on', `archive_command=cp %p ${archive}/%f`]);
    await server.start();
    await server.query('create database idp');
    world = await startFaultWorld({ balancer: 'none', databaseUrl: server.url('idp') });
    server.backUp(backup);
  });
  afterAll(async () => {
    await world.stop();
    await server.stop('immediate');
    rmSync(folder, { recursive: true, force: true });
  });

  it('R37: what was issued or used after the point is refused; people sign in again, everything of theirs intact', async () => {
    const lab = await createRelyingParty(world, 'lab-app', { pushed: true });
    const spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    const [used, ended, left] = [browserOf(world), browserOf(world), browserOf(world)];
    const nurse = { loginName: 'demo.nurse', account: LAB_1 };

    // before the point: codes and tokens nobody used yet, sessions that live, a link that was not followed
    const tokens = await lab.redeem(await lab.authorize(used, {}, nurse));
    const rotating = await spa.redeem(await spa.authorize(used));
    const code = await lab.authorize(used, { prompt: 'none' });
    await lab.authorize(ended, {}, nurse);
    await lab.authorize(left, {}, nurse);
    const link = await askForLink('demo.new');
    await sleep(1100); // clocks of one second's width
    const [now] = await server.query<{ point: string }>('select now()::text as point');
    const point = now?.point ?? '';
    await sleep(1100);

    // after the point: everything is used or ended
    await lab.redeem(code);
    const rotated = await oidc.refreshTokenGrant(spa.config, rotating.refresh_token ?? '');
    await ended.open(`${world.issuer}/sign-out`).catch(() => undefined);
    await world.database.query(
      `delete from oidc_session where uid in (select uid from oidc_session where $1 order by login_at offset 1 limit 1)`,
      [true],
    );
    const late = await lab.redeem(await lab.authorize(browserOf(world), {}, nurse));
    const journey = createJourney();
    await journey.open(link);
    await journey.submit(asks('new_password'), {
      new_password: OTHER_PASSWORD,
      repeat_password: OTHER_PASSWORD,
    });
    const step = Math.floor(Date.now() / 30_000);
    expect(await passesWith(step)).toBe(true);

    // the machine is lost; the backup and the archived log are there
    await server.query('select pg_switch_wal()');
    const { length: before } = readdirSync(archive);
    await eventually(() => {
      expect(readdirSync(archive).length).toBeGreaterThanOrEqual(Math.max(1, before));
      return Promise.resolve();
    });
    await sleep(1500);
    const lost = performance.now();
    await world.replicas[0]?.stop();
    await server.stop('immediate');
    server.restoreFrom(backup, [
      `restore_command=cp ${archive}/%f %p`,
      `recovery_target_time=${point}`,
      'recovery_target_action=promote',
    ]);
    await server.start();
    await eventually(async () => {
      const rows = await server.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
      expect(rows).toEqual([{ standby: false }]);
    });

    await expect(world.restart(0)).rejects.toThrow(
      /The database was restored to .* and the restore is not finished/,
    );
    const done = await world.command('restore', 'finish', '--reason', 'the disk was lost');
    expect(done).toMatchObject({ code: 0 });
    const sessions = Number(/(\d+) {2}sessions/.exec(done.output)?.[1]);
    expect(sessions).toBeGreaterThanOrEqual(3); // those that had ended since are among them
    await world.restart(0);
    const tookMs = performance.now() - lost;

    const invalid = { error: 'invalid_grant' };
    await expect(lab.redeem(code)).rejects.toMatchObject(invalid);
    for (const token of [tokens.refresh_token, late.refresh_token])
      await expect(oidc.refreshTokenGrant(lab.config, token ?? '')).rejects.toMatchObject(invalid);
    for (const token of [rotating.refresh_token, rotated.refresh_token])
      await expect(oidc.refreshTokenGrant(spa.config, token ?? '')).rejects.toMatchObject(invalid);
    for (const { access_token } of [tokens, late])
      expect(await oidc.tokenIntrospection(lab.config, access_token)).toEqual({ active: false });
    for (const browser of [used, ended, left]) {
      const { callback } = await lab.authorize(browser, { prompt: 'none' });
      expect(callback.searchParams.get('error')).toBe('login_required');
    }
    const opened = await createJourney().open(link);
    expect(opened.forms.some(asks('new_password'))).toBe(false);
    expect(await passesWith(step)).toBe(false); // the code of before, still within its time
    const codes = await world.database.query<{ used: number }>(
      'select min(last_used_step) as used from totp_credential where $1',
      [true],
    );
    expect(codes[0]?.used).toBeGreaterThan(step);

    const again = await createRelyingParty(world, 'lab-app', { pushed: true });
    const fresh = await again.redeem(await again.authorize(browserOf(world), {}, nurse));
    expect(fresh.claims()?.sub).toBe(tokens.claims()?.sub);
    expect(await enters('demo.new', DEMO_PASSWORD)).toBe(true);
    expect(await enters('demo.new', OTHER_PASSWORD)).toBe(false); // chosen after the point
    await eventually(() => {
      expect(world.logouts.length).toBeGreaterThan(0);
      return Promise.resolve();
    });
    // sealed with the same master keys, the secret still opens: the first code after those used up is taken
    const next = (codes[0]?.used ?? 0) + 1;
    await sleep(Math.max(0, (next - 1) * 30_000 - Date.now()) + 500);
    expect(await passesWith(next)).toBe(true);

    recordResult({
      row: 'R37',
      deed: 'base backup and archived log restored to a moment, finished, started (PostgreSQL 15)',
      figures: `${(tookMs / 1000).toFixed(1)} s from the loss to serving; ${sessions} sessions came back and were ended; code, refresh tokens, sessions, link and one-time code used after the point: all refused`,
      passed: true,
    });
  });

  it('J10: a dump holds no national identification number in readable form', () => {
    const dump = execFileSync(path.join(OLDEST_BINARIES, 'pg_dump'), ['-d', server.url('idp')], {
      maxBuffer: 1 << 30,
      encoding: 'utf8',
    });
    expect(dump).toContain('demo.nurse');
    for (const { nationalId } of people) expect(dump).not.toContain(nationalId);
  });

  async function askForLink(loginName: string): Promise<string> {
    const [account] = await world.database.query<{ email: string }>(
      'select email from account where login_name = $1',
      [loginName],
    );
    const journey = createJourney();
    await journey.open(`${world.issuer}/forgot-password`);
    const email = account?.email ?? '';
    await journey.submit(asks('email'), { account: loginName, email, captcha: FIXED_CAPTCHA });
    let link = '';
    await eventually(() => {
      const texts = world.mail.mails.map(({ raw }) => plainTextOf(raw));
      link = texts.map((text) => /http\S+password-reset\?token=[\w-]+/.exec(text)?.[0]).find(Boolean) ?? '';
      expect(link).not.toBe('');
      return Promise.resolve();
    });
    return link;
  }

  async function begin(journey: Journey, account: string, password: string) {
    await journey.open(`${world.issuer}/sign-in`);
    return journey.submit(asks('captcha'), { account, password, captcha: FIXED_CAPTCHA });
  }

  async function enters(account: string, password: string): Promise<boolean> {
    const page = await begin(createJourney(), account, password);
    return !page.forms.some(asks('captcha'));
  }

  /** Whether the one-time code of this half minute lets the manager in. */
  async function passesWith(step: number): Promise<boolean> {
    const journey = createJourney();
    await begin(journey, 'demo.manager', DEMO_PASSWORD);
    const secret = people.find(({ loginName }) => loginName === 'demo.manager')?.totpSecret ?? '';
    const page = await journey.submit(asks('code'), { code: generateSync({ secret, epoch: step * 30 }) });
    return !page.forms.some(asks('code'));
  }
});
