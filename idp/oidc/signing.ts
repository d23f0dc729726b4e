import { type KeyObject, createPublicKey } from 'node:crypto';
import { ExternalSigningKey, type JWKS, errors } from 'oidc-provider';
import { HsmError } from '#kit/pkcs11/hsm-process.ts';
import type { KeySnapshot, PublishedKey } from '../signing-keys/index.ts';

/** The key set as the library takes it: private JWKs, and those it has to ask somebody else to sign with. */
export function librarySet({ keys }: KeySnapshot): JWKS {
  return { keys: keys.map((key) => key.privateJwk ?? new KeyElsewhere(key)) };
}

/** A key whose private half is in an HSM. */
class KeyElsewhere extends ExternalSigningKey {
  readonly #key: PublishedKey;
  readonly #public: KeyObject;

  constructor(key: PublishedKey) {
    super();
    this.#key = key;
    this.#public = createPublicKey({ key: key.publicJwk, format: 'jwk' });
    Object.assign(this, { kid: key.kid, alg: key.alg });
  }

  override keyObject(): KeyObject {
    return this.#public;
  }

  /** @throws TemporarilyUnavailable (503) when the HSM does not sign */
  override async sign(data: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#key.sign(data);
    } catch (error) {
      if (!(error instanceof HsmError)) throw error;
      const refusal = new errors.TemporarilyUnavailable('signing is not possible now', error.message);
      throw Object.assign(refusal, { status: 503, statusCode: 503, cause: error });
    }
  }
}
