import { seedTrialAccounts } from '#db/idp/seed/trial.ts';
import type { Db } from '#db/idp/tables.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { createClientRegistry } from './subsystems/index.ts';

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
