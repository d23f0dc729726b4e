import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Clock } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import type { Keyring } from '#kit/keyring.ts';
import { clientSecretDigest, upsertClient } from '../subsystems/index.ts';
import { requireNoPeople } from './store.ts';

export const CERTIFICATION_USAGE = `  certification clients FILE     the suite's clients that its plans do not register themselves
`;

const clients = z.array(
  z.looseObject({
    client_id: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/),
    client_secret: z.string().optional(),
  }),
);

/**
 * `idp certification clients FILE`: declares clients from their metadata, `${NAME}` replaced from `environment`.
 * @throws ConfigurationError outside certification mode, and when the file cannot be read
 */
export async function runCertificationCommand(
  deps: { db: Db; clock: Clock; keyring: Keyring; config: { certification: object | undefined } },
  [what, file = '']: string[],
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  if (!deps.config.certification) throw new ConfigurationError('only with IDP_CERTIFICATION=1');
  if (what !== 'clients') throw new ConfigurationError('clients FILE');
  await requireNoPeople(deps.db);
  const text = readFileSync(file, 'utf8').replace(
    /\$\{([A-Z][A-Z0-9_]*)\}/g,
    (_all, name: string) => environment[name] ?? '',
  );
  const parsed = clients.safeParse(JSON.parse(text));
  if (!parsed.success) throw new ConfigurationError(z.prettifyError(parsed.error));
  const now = deps.clock();
  await transact(deps.db, async (trx) => {
    for (const { client_secret: secret, ...metadata } of parsed.data) {
      await upsertClient(trx, {
        clientId: metadata.client_id,
        subsystemCode: null,
        metadata: { ...metadata, first_party: true },
        secretDigest: secret === undefined ? undefined : clientSecretDigest(deps.keyring, secret),
        secretSetAt: now,
      });
    }
  });
  return `declared ${parsed.data.length} client(s)`;
}
