import { type KeyObject, createPublicKey } from 'node:crypto';
import { ExternalSigningKey, type JWKS, errors } from 'oidc-provider';
import { HsmError } from '#kit/pkcs11/hsm-process.ts';
import type { KeySnapshot, PublicKey, PublishedKey } from '../signing-keys/index.ts';
import type { OidcContext } from './types.ts';

/**
 * The key set as the library takes it: private JWKs, those it has to ask somebody else to sign with, and last, so that
 * none of them is ever chosen to sign, retired ones that verify ID tokens shown as hints.
 */
export function librarySet({ keys }: KeySnapshot, retired: PublicKey[]): JWKS {
  const signing = keys.map((key) => key.privateJwk ?? new KeyElsewhere(key));
  const verifying = retired.map(
    (key) => new KeyElsewhere({ ...key, privateJwk: undefined, sign: refuseToSign }),
  );
  return { keys: [...signing, ...verifying] };
}

const refuseToSign = (): Promise<never> => Promise.reject(new Error('a retired key signs nothing'));

/** Keeps retired keys out of the published set, where the library puts every key it has. */
export function hideRetired(retired: PublicKey[]) {
  const hidden = new Set(retired.map(({ kid }) => kid));
  return async (ctx: OidcContext, next: () => Promise<void>): Promise<void> => {
    await next();
    if (ctx.path !== '/oidc/jwks' || ctx.status !== 200) return;
    const { keys } = ctx.body as { keys: { kid: string }[] };
    ctx.body = { keys: keys.filter(({ kid }) => !hidden.has(kid)) };
  };
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
