import { sql } from 'kysely';

/** Clients of this name that may be the subsystem's again: it had it before, or it came by its chain alone. */
export const isFormer = (code: string) => sql<boolean>`(client.subsystem_code is null and (
  exists (select from federation_client f where f.client_id = client.client_id)
  or exists (select from subsystem_version v where v.subsystem_code = ${code}
    and v.manifest->'client'->>'client_id' = client.client_id)))`;
