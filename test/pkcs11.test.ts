import { createHsm } from '#kit/pkcs11/hsm.ts';
import { type Library, Pkcs11Error } from '#kit/pkcs11/library.ts';
import { CKR } from '#kit/pkcs11/names.ts';
import { TokenSession } from '#kit/pkcs11/token.ts';

/** A library with one token and one key, which fails as told. */
class FakeLibrary implements Library {
  label = 'entry';
  opened = 0;
  logins = 0;
  failures: number[] = [];
  initialize(): void {}
  finalize(): void {}
  listTokens() {
    return [{ slot: 5n, label: this.label }];
  }
  openSession(): number {
    this.opened += 1;
    return this.opened;
  }
  login(): void {
    this.logins += 1;
    this.fail('C_Login');
  }
  sessionInfo(): void {
    this.fail('C_GetSessionInfo');
  }
  find(session: number): number[] {
    return [session * 10];
  }
  read(): Buffer {
    return Buffer.concat([Buffer.from([4, 65, 4]), Buffer.alloc(64, 1)]);
  }
  generatePair() {
    return { publicKey: 1, privateKey: 2 };
  }
  destroy(): void {}
  sign(_session: number, _mechanism: object, key: number): Buffer {
    this.fail('C_Sign');
    return Buffer.from([key]);
  }
  fail(deed: string): void {
    const value = this.failures.shift();
    if (value !== undefined && value !== CKR.OK) throw new Pkcs11Error(deed, value);
  }
}

describe('a session with a PKCS #11 token', () => {
  let library: FakeLibrary;
  let session: TokenSession;
  beforeEach(() => {
    library = new FakeLibrary();
    session = new TokenSession(library, { label: 'entry', pin: '1234' });
  });
  const sign = () => [...session.sign('00ff', 'ES256', Buffer.from('x'))];

  it('is opened once, and opened anew when it was lost; the key is looked up again then', () => {
    expect([sign(), sign()]).toEqual([[10], [10]]);
    library.failures = [CKR.SESSION_HANDLE_INVALID];
    expect(sign()).toEqual([20]);
    expect(library.opened).toBe(2);
  });

  it('is not tried for ever: what is lost twice in a row is told', () => {
    sign();
    library.failures = [CKR.DEVICE_REMOVED, CKR.OK, CKR.DEVICE_REMOVED];
    expect(() => sign()).toThrow('C_Sign: CKR_DEVICE_REMOVED');
    expect(sign()).toEqual([20]);
  });

  it('never tries a wrong PIN a second time, which would lock the token', () => {
    library.failures = [CKR.PIN_INCORRECT];
    for (const _ of [1, 2, 3]) expect(() => sign()).toThrow('C_Login: CKR_PIN_INCORRECT');
    expect(library.logins).toBe(1);
  });

  it('tells which token is missing', () => {
    library.label = 'another';
    expect(() => session.check()).toThrow('no slot holds a token labelled "entry"');
  });

  it('reads a point with or without its wrapping', () => {
    const bare = new FakeLibrary();
    bare.read = () => Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]);
    const made = [session, new TokenSession(bare, { label: 'entry', pin: '' })].map(
      (each) => each.generate('ES256', 'a key').publicJwk,
    );
    expect(made[0]).toEqual(made[1]);
    expect(made[0]).toMatchObject({ kty: 'EC', crv: 'P-256', x: Buffer.alloc(32, 1).toString('base64url') });
  });
});

it('tells which library of an HSM cannot be loaded, and goes on living', async () => {
  const hsm = createHsm({
    modulePath: '/nowhere/libpkcs11.so',
    label: 'entry',
    pin: '1234',
    sessions: 1,
    timeoutMs: 20_000,
    environment: {},
  });
  for (const _ of [1, 2]) await expect(hsm.check()).rejects.toThrow(/^the HSM: .*cannot open shared object/);
  expect(hsm.fault).toContain('cannot open shared object');
});
