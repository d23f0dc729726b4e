import { createKeyring } from '#kit/keyring.ts';
import { createLog } from '#kit/log.ts';
import { AREAS } from '#mch/areas/index.ts';
import type { ApiAnswer } from '#mch/idp-api/index.ts';
import { createImportRights } from '#mch/import-rights.ts';
import { menuOf } from '#mch/places.ts';
import { recordsOf } from '#mch/record-pages.ts';
import { runImports } from '#mch/records/index.ts';
import type { OpAccount } from './fake-op.ts';
import { MASTER_KEY, type Mch } from './mch.ts';

/** What the single entry says of an account. */
export const said = (account: OpAccount, more: object = {}): ApiAnswer => ({
  status: 200,
  body: { ...account, status: 'active', usable: true, ...more },
  retryAfterSeconds: undefined,
});

/** A turn of the files that wait, while the single entry says this of whoever brought them. */
export function turnImports(mch: Mch, ask: (path: string) => Promise<ApiAnswer>): Promise<void> {
  const { db } = mch.database;
  const deps = recordsOf({ db, clock: mch.clock.now, keyring: createKeyring(MASTER_KEY) }, AREAS);
  const rightsOf = createImportRights({ api: { get: ask }, menu: menuOf(AREAS) });
  return runImports({ ...deps, log: createLog('test', 'silent'), rightsOf });
}
