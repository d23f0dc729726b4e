import { openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { runCertificationCommand } from '#idp/certification/index.ts';
import { readConfig } from '#idp/config.ts';
import { systemClock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { readSettings } from '../examples/certification/settings.ts';
import { cloneDatabase } from './support/databases.ts';
import { freePort, runProgram } from './support/replica.ts';

describe('certification mode', () => {
  it('production is never started so, nor a provider with people in its database', async () => {
    const production = {
      NODE_ENV: 'production',
      IDP_CERTIFICATION: '1',
      CAPTCHA_FIXED: '24680',
      IDP_DEMO: '1',
    };
    const refusal = (env: NodeJS.ProcessEnv): string => {
      try {
        const least = {
          IDP_MASTER_KEYS: Buffer.alloc(32, 9).toString('base64'),
          IDP_DATABASE_URL: 'postgres:///none',
        };
        readConfig({ ...least, ...env });
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    const said = refusal(production);
    for (const name of ['IDP_CERTIFICATION', 'CAPTCHA_FIXED', 'IDP_DEMO']) {
      expect(said).toMatch(new RegExp(`${name}: [^;]*(never in production|only on loopback)`));
    }
    expect(refusal({ IDP_ISSUER: 'https://id.gov.example', IDP_DEMO: '1' })).toContain('IDP_DEMO: only on');
    expect(refusal({ IDP_CERTIFICATION_HOST: 'suite.example' })).toContain('only with IDP_CERTIFICATION');
    expect(() => readSettings({ NODE_ENV: 'production' })).toThrow('certification is no production');

    const other = await cloneDatabase('idp');
    const env = {
      IDP_DATABASE_URL: other.url,
      IDP_MASTER_KEYS: Buffer.alloc(32, 9).toString('base64'),
      NODE_ENV: 'test',
    };
    const database = openDatabase<IdpTables>({
      url: other.url,
      connections: 1,
      applicationName: 'test',
      onConnectionLost: () => {},
    });
    await database.query(
      `insert into unit (code, name, name_en, kind, county, town)
       values ('1', '某所', 'A place', 'hospital', '63000', '63000010')`,
      [],
    );
    await database.query(
      `insert into account (person_no, login_name, name, email, unit_code, role, status, national_id_sealed,
         national_id_index) values ('00000001', 'somebody', '某人', 'a@b.example', '1', 'user', 'active', '', '')`,
      [],
    );
    const deps = { db: database.db, clock: systemClock, keyring: {} as Keyring };
    const declare = (certification: object | undefined): Promise<string> =>
      runCertificationCommand({ ...deps, config: { certification } }, ['clients', 'package.json'], {});
    await expect(declare(undefined)).rejects.toThrow('only with IDP_CERTIFICATION=1');
    await expect(declare({})).rejects.toThrow('has people in it');
    await database.close();
    const peopled = { ...env, IDP_CERTIFICATION: '1', IDP_PORT: String(await freePort()) };
    expect((await runProgram(['idp/main.ts'], peopled)).output).toContain('has people in it');
    await other.drop();
  });
});
