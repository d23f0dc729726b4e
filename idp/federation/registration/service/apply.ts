import { transact } from '#db/transact.ts';
import { recordAudit } from '../../../audit/index.ts';
import type { FederationSettings } from '../settings.ts';
import { saveSettings } from '../store/settings.ts';
import { type KeyDeps, ensureKey } from './keys.ts';

/** From now on the provider is what this file says; the first time, it also gets a federation key. */
export async function applySettings(deps: KeyDeps, settings: FederationSettings): Promise<void> {
  await transact(deps.db, async (trx) => {
    await ensureKey(trx, deps, 'first federation key');
    await saveSettings(trx, settings, deps.clock());
    const { organizationName, authorityHints } = settings;
    await recordAudit(trx, { type: 'federation.applied', details: { organizationName, authorityHints } });
  });
}
