import { type Keyring, createKeyring } from '#kit/keyring.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { HsmError } from '#kit/pkcs11/hsm-process.ts';
import { createHsm } from '#kit/pkcs11/hsm.ts';
import type { Config } from './config.ts';

/** The keys this process holds, and the HSM that holds others, where there is one. */
export function openKeyring({ masterKeys, hsm }: Pick<Config, 'masterKeys' | 'hsm'>): Keyring {
  return createKeyring(masterKeys, hsm && createHsm(hsm));
}

/** @throws ConfigurationError when there is an HSM that does not answer */
export async function requireHsm({ hsm }: Keyring): Promise<void> {
  try {
    await hsm?.check();
  } catch (error) {
    throw error instanceof HsmError ? new ConfigurationError(error.message, { cause: error }) : error;
  }
}
