import { createHash, randomBytes } from 'node:crypto';
import { type Attribute, type Library, Pkcs11Error } from './library.ts';
import { CKA, CKF_RW_SERIAL_SESSION, CKM, CKO_PRIVATE_KEY, CKU_USER, LOST, PIN_FAULTS } from './names.ts';

export type TokenAlgorithm = 'ES256' | 'RS256';

export interface TokenKey {
  /** The key's CKA_ID in hex: how it is found again. */
  reference: string;
  publicJwk: { kty: string } & Record<string, string>;
}

const P256_OID = Buffer.from('06082a8648ce3d030107', 'hex');
const P256_POINT_BYTES = 65;
const RSA_BITS = 3072;
const RSA_EXPONENT = Buffer.from([1, 0, 1]);
/** DigestInfo of SHA-256 (RFC 8017 §9.2), which the token pads and signs. */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** One session with one token, opened when first needed and opened anew when it was lost. */
export class TokenSession {
  readonly #library: Library;
  readonly #of: { label: string; pin: string };
  #session: number | undefined;
  #refused: unknown;
  #keys = new Map<string, number>();

  constructor(library: Library, of: { label: string; pin: string }) {
    this.#library = library;
    this.#of = of;
  }

  /** @throws Error when the token cannot be reached */
  check(): void {
    this.#persist((session) => this.#library.sessionInfo(session));
  }

  /** A key pair whose private half cannot leave the token. */
  generate(alg: TokenAlgorithm, label: string): TokenKey {
    const id = randomBytes(16);
    const named: Attribute[] = [
      [CKA.TOKEN, true],
      [CKA.ID, id],
      [CKA.LABEL, Buffer.from(label)],
    ];
    const hidden: Attribute[] = [
      [CKA.PRIVATE, true],
      [CKA.SENSITIVE, true],
      [CKA.EXTRACTABLE, false],
      [CKA.SIGN, true],
    ];
    const shape: Attribute[] =
      alg === 'ES256'
        ? [[CKA.EC_PARAMS, P256_OID]]
        : [
            [CKA.MODULUS_BITS, RSA_BITS],
            [CKA.PUBLIC_EXPONENT, RSA_EXPONENT],
          ];
    const type = alg === 'ES256' ? CKM.EC_KEY_PAIR_GEN : CKM.RSA_PKCS_KEY_PAIR_GEN;
    return this.#persist((session) => {
      const publicTemplate: Attribute[] = [...named, [CKA.VERIFY, true], ...shape];
      const pair = this.#library.generatePair(session, { type }, publicTemplate, [...named, ...hidden]);
      const read = (attribute: number): Buffer => this.#library.read(session, pair.publicKey, attribute);
      const publicJwk =
        alg === 'ES256'
          ? ecJwk(read(CKA.EC_POINT))
          : { kty: 'RSA', n: base64url(read(CKA.MODULUS)), e: base64url(read(CKA.PUBLIC_EXPONENT)) };
      return { reference: id.toString('hex'), publicJwk };
    });
  }

  /** @returns the signature as JWS wants it (RFC 7518 §3.3, §3.4) */
  sign(reference: string, alg: TokenAlgorithm, input: Uint8Array): Uint8Array {
    const hash = createHash('sha256').update(input).digest();
    return this.#persist((session) => {
      const key = this.#find(session, reference);
      return alg === 'ES256'
        ? this.#library.sign(session, { type: CKM.ECDSA }, key, hash)
        : this.#library.sign(session, { type: CKM.RSA_PKCS }, key, Buffer.concat([SHA256_PREFIX, hash]));
    });
  }

  /** Takes both halves of a key out of the token; none of that name is fine too. */
  destroy(reference: string): void {
    this.#persist((session) => {
      this.#keys.delete(reference);
      const objects = this.#library.find(session, [[CKA.ID, Buffer.from(reference, 'hex')]]);
      for (const object of objects) this.#library.destroy(session, object);
    });
  }

  #find(session: number, reference: string): number {
    const known = this.#keys.get(reference);
    if (known !== undefined) return known;
    const [key] = this.#library.find(session, [
      [CKA.CLASS, CKO_PRIVATE_KEY],
      [CKA.ID, Buffer.from(reference, 'hex')],
    ]);
    if (key === undefined) throw new Error(`the token "${this.#of.label}" has no key ${reference}`);
    this.#keys.set(reference, key);
    return key;
  }

  #persist<T>(deed: (session: number) => T): T {
    try {
      return deed(this.#open());
    } catch (error) {
      if (!(error instanceof Pkcs11Error) || !LOST.has(error.value)) throw error;
      this.#session = undefined;
      return deed(this.#open());
    }
  }

  #open(): number {
    if (this.#session !== undefined) return this.#session;
    if (this.#refused !== undefined) throw this.#refused;
    this.#keys = new Map();
    this.#library.initialize();
    const { label, pin } = this.#of;
    const token = this.#library.listTokens().find((candidate) => candidate.label === label);
    if (!token) {
      this.#library.finalize(); // some libraries look for tokens only once
      throw new Error(`no slot holds a token labelled "${label}"`);
    }
    const session = this.#library.openSession(token.slot, CKF_RW_SERIAL_SESSION);
    this.#login(session, pin);
    this.#session = session;
    return session;
  }

  /** A wrong PIN is never tried again: a few more tries would lock the token. */
  #login(session: number, pin: string): void {
    try {
      this.#library.login(session, CKU_USER, pin);
    } catch (error) {
      if (error instanceof Pkcs11Error && PIN_FAULTS.has(error.value)) this.#refused = error;
      throw error;
    }
  }
}

/** An uncompressed point, bare or as the DER octet string that the standard asks for. */
function ecJwk(value: Buffer): { kty: string; crv: string; x: string; y: string } {
  const point = value.subarray(value.length - P256_POINT_BYTES);
  if (point.length !== P256_POINT_BYTES || point[0] !== 4) throw new Error('the token made no P-256 key');
  return { kty: 'EC', crv: 'P-256', x: base64url(point.subarray(1, 33)), y: base64url(point.subarray(33)) };
}

function base64url(value: Buffer): string {
  return value.toString('base64url');
}
