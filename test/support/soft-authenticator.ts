import { type KeyObject, createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const FLAGS = { present: 0x01, verified: 0x04, attested: 0x40 };

/** What a test may have an authenticator or browser do wrong. */
export interface Misdeeds {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  withoutVerification?: boolean;
  counter?: number;
  id?: string;
}

/** A passkey in software (WebAuthn Level 3, ES256, attestation "none"), honest unless told otherwise. */
export class SoftAuthenticator {
  readonly id = randomBytes(16).toString('base64url');
  readonly #privateKey: KeyObject;
  readonly #cosePublicKey: Buffer;
  readonly #origin: string;
  counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.#privateKey = privateKey;
    // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
    this.#cosePublicKey = Buffer.concat([
      Buffer.from('a5010203262001215820', 'hex'),
      Buffer.from(x, 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(y, 'base64url'),
    ]);
  }

  /** The answer to creation options, as `credential.toJSON()` has it. */
  create(options: { challenge: string }, wrong: Misdeeds = {}): string {
    const id = Buffer.from(wrong.id ?? this.id, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, this.#cosePublicKey]);
    const authData = Buffer.concat([this.#authData(wrong, FLAGS.attested), attested]);
    const size = Buffer.alloc(2);
    size.writeUInt16BE(authData.length);
    // {"fmt": "none", "attStmt": {}, "authData": bytes}
    const attestation = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746159', 'hex'),
      size,
      authData,
    ]);
    return this.#answer(wrong, {
      clientDataJSON: this.#clientData('webauthn.create', options, wrong),
      attestationObject: attestation,
    });
  }

  /** The answer to request options. */
  get(options: { challenge: string }, wrong: Misdeeds = {}): string {
    const authData = this.#authData(wrong, 0);
    const clientData = this.#clientData('webauthn.get', options, wrong);
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
    return this.#answer(wrong, {
      clientDataJSON: clientData,
      authenticatorData: authData,
      signature: sign('sha256', signed, this.#privateKey),
    });
  }

  #authData(wrong: Misdeeds, more: number): Buffer {
    const rpId = wrong.rpId ?? new URL(this.#origin).hostname;
    const verified = wrong.withoutVerification ? 0 : FLAGS.verified;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(wrong.counter ?? this.counter);
    const rpIdHash = createHash('sha256').update(rpId).digest();
    return Buffer.concat([rpIdHash, Buffer.from([FLAGS.present | verified | more]), counter]);
  }

  #clientData(type: string, options: { challenge: string }, wrong: Misdeeds): Buffer {
    const challenge = wrong.challenge ?? options.challenge;
    const origin = wrong.origin ?? this.#origin;
    return Buffer.from(JSON.stringify({ type: wrong.type ?? type, challenge, origin, crossOrigin: false }));
  }

  #answer(wrong: Misdeeds, response: Record<string, Buffer>): string {
    const encoded = Object.entries(response).map(([name, bytes]) => [name, bytes.toString('base64url')]);
    const id = wrong.id ?? this.id;
    return JSON.stringify({
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: Object.fromEntries(encoded) as Record<string, string>,
    });
  }
}
