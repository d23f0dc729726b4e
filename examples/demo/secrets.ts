import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '#kit/errors.ts';

const schema = z.object({
  IDP_MASTER_KEYS: z.string().min(44),
  MCH_MASTER_KEYS: z.string().min(44),
  CANCER_CLIENT_SECRET: z.string().min(32),
  SMOKING_CLIENT_SECRET: z.string().min(32),
});

export type Secrets = z.infer<typeof schema>;

/**
 * The demo's own keys and client secrets, made at its first start and kept in `secrets.json`, readable by its
 * owner only.
 * @throws ConfigurationError when the file is damaged, or gone while the database sealed with it is there
 */
export function readSecrets(dataDir: string, databaseDir: string): Secrets {
  const file = path.join(dataDir, 'secrets.json');
  if (!existsSync(file)) {
    if (existsSync(databaseDir)) {
      throw new ConfigurationError(
        `${file} is missing, and ${databaseDir} cannot be read without it: put it back, or move both away to begin anew.`,
      );
    }
    create(file);
  }
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new ConfigurationError(
      `${file} cannot be read as this demo's secrets: put it back, or move ${dataDir} away to begin anew.`,
      { cause: error },
    );
  }
}

/** Written aside and linked into place: never half a file, and of two starts at once one wins. */
function create(file: string): void {
  const secrets: Secrets = {
    IDP_MASTER_KEYS: randomBytes(32).toString('base64'),
    MCH_MASTER_KEYS: randomBytes(32).toString('base64'),
    CANCER_CLIENT_SECRET: randomBytes(32).toString('base64url'),
    SMOKING_CLIENT_SECRET: randomBytes(32).toString('base64url'),
  };
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
  try {
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside);
  }
}
