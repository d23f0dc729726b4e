import path from 'node:path';
import { seedDemoWorld } from '#db/idp/seed/apply.ts';
import { seedTrialAccounts } from '#db/idp/seed/trial.ts';
import type { Db } from '#db/idp/tables.ts';
import { systemClock } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import { nationalIdIndex, sealNationalId } from './accounts/index.ts';
import { type PasswordHasher, createPasswordHasher, enrolTotp, setPassword } from './authenticators/index.ts';
import type { Config } from './config.ts';
import { openKeyring } from './keyring.ts';
import { seedContent } from './portal/index.ts';
import { createClientRegistry } from './subsystems/index.ts';

const DEMO_CONTENT = path.join(import.meta.dirname, '../db/idp/seed/content.json');

/**
 * `idp seed-demo`: the synthetic demo world beside what is there; told in one line.
 * @throws ConfigurationError outside the demo
 */
export async function seedDemo(config: Config, db: Db): Promise<string> {
  if (!config.demo) throw new ConfigurationError('seed-demo needs IDP_DEMO=1');
  const keyring = openKeyring(config);
  return withHasher(config, async (hasher) => {
    const added = await seedDemoWorld(db, {
      setPassword: (trx, accountId, password) =>
        setPassword(trx, hasher, { accountId, password, at: systemClock() }),
      enrolTotp: (trx, accountId, secret) =>
        enrolTotp(trx, keyring, { accountId, at: systemClock(), secret }),
      hashPassword: (password) => hasher.hash(password),
      nationalIdIndex: (nationalId) => nationalIdIndex(keyring, nationalId),
      sealNationalId: (nationalId, accountId) => sealNationalId(keyring, nationalId, accountId),
    });
    const registry = await createClientRegistry(db);
    // it speaks of the MCH system
    if (registry.subsystem('mch')) await seedContent(db, systemClock(), DEMO_CONTENT);
    return `added ${added} people`;
  });
}

/**
 * `idp seed-trial CODE...`: accounts of the demo people for trying these subsystems.
 * @returns all of them as JSON
 * @throws ConfigurationError outside the demo, or when there is no such subsystem
 */
export async function seedTrial({ demo }: { demo: boolean }, db: Db, codes: string[]): Promise<string> {
  if (!demo) throw new ConfigurationError('seed-trial needs IDP_DEMO=1');
  const registry = await createClientRegistry(db);
  const accounts: object[] = [];
  for (const code of codes) {
    const manifest = registry.subsystem(code)?.manifest;
    if (!manifest) throw new ConfigurationError(`there is no subsystem ${code}`);
    accounts.push(...(await seedTrialAccounts(db, manifest)));
  }
  return JSON.stringify(accounts);
}

/** Lends `deed` a hasher and ends it. */
export async function withHasher<T>(
  { argon2 }: Config,
  deed: (hasher: PasswordHasher) => Promise<T>,
): Promise<T> {
  const hasher = await createPasswordHasher(argon2, createLog('idp-cli', 'warn'));
  try {
    return await deed(hasher);
  } finally {
    await hasher.stop();
  }
}
