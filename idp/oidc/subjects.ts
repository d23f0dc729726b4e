import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import { subjectAt } from '../pairwise-subjects/index.ts';
import { findWork } from './storage/unit-of-work.ts';
import type { OidcDeps } from './types.ts';

/** The library's `pairwiseIdentifier`: everywhere a client sees a `sub`, tokens of logout among them. */
export function createPairwiseIdentifier(deps: OidcDeps) {
  return async (_ctx: KoaContextWithOIDC, accountId: string, client: Client): Promise<string> => {
    const { sector } = deps.registry.find(client.clientId) ?? {};
    if (sector === undefined) throw new Error(`${client.clientId} has no sector`);
    const person = findWork()?.people.get(accountId);
    const subject = await subjectAt(deps.database.db, accountId, sector, person?.subjects);
    if (person) person.subjects[sector] = subject;
    return subject;
  };
}
