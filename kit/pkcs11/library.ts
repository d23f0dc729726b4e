import { CKF_OS_LOCKING_OK, CKR, nameOf } from './names.ts';

type Koffi = typeof import('koffi').default;

/** What the library refused, by the standard's name. */
export class Pkcs11Error extends Error {
  readonly value: number;

  constructor(deed: string, value: number) {
    super(`${deed}: ${nameOf(value)}`);
    this.name = 'Pkcs11Error';
    this.value = value;
  }
}

/** One value of a key; a number is a CK_ULONG. */
export type Attribute = [type: number, value: boolean | number | Uint8Array];

export interface Mechanism {
  type: number;
}

/** The functions of a PKCS #11 library that are used here; each throws Pkcs11Error unless the answer is CKR_OK. */
export interface Library {
  initialize(): void;
  /** Forgets every slot and session: the next initialisation looks for tokens anew. */
  finalize(): void;
  /** Slots with a token in them, and the tokens' labels. */
  listTokens(): { slot: bigint; label: string }[];
  openSession(slot: bigint, flags: number): number;
  login(session: number, user: number, pin: string): void;
  sessionInfo(session: number): void;
  find(session: number, template: Attribute[]): number[];
  read(session: number, object: number, type: number): Buffer;
  generatePair(
    session: number,
    mechanism: Mechanism,
    publicTemplate: Attribute[],
    privateTemplate: Attribute[],
  ): { publicKey: number; privateKey: number };
  destroy(session: number, object: number): void;
  sign(session: number, mechanism: Mechanism, key: number, data: Uint8Array): Buffer;
}

const ULONG = 8;
const LABEL_BYTES = 32;
const TOKEN_INFO_BYTES = 256;
const VALUE_BYTES = 1024;
const FOUND_AT_ONCE = 16;

/** Where each function stands in CK_FUNCTION_LIST, and its parameters. */
const FUNCTIONS = {
  C_Initialize: [0, 'void *args'],
  C_Finalize: [1, 'void *reserved'],
  C_GetSlotList: [4, 'uint8_t present, _Out_ unsigned long *slots, _Inout_ unsigned long *count'],
  C_GetTokenInfo: [6, 'unsigned long slot, _Out_ uint8_t *info'],
  C_OpenSession: [
    12,
    'unsigned long slot, unsigned long flags, void *app, void *notify, _Out_ unsigned long *s',
  ],
  C_GetSessionInfo: [15, 'unsigned long session, _Out_ uint8_t *info'],
  C_Login: [18, 'unsigned long session, unsigned long user, uint8_t *pin, unsigned long length'],
  C_DestroyObject: [22, 'unsigned long session, unsigned long object'],
  C_GetAttributeValue: [
    24,
    'unsigned long session, unsigned long object, _Inout_ CK_ATTRIBUTE *template, unsigned long count',
  ],
  C_FindObjectsInit: [26, 'unsigned long session, CK_ATTRIBUTE *template, unsigned long count'],
  C_FindObjects: [
    27,
    'unsigned long session, _Out_ unsigned long *found, unsigned long max, _Out_ unsigned long *count',
  ],
  C_FindObjectsFinal: [28, 'unsigned long session'],
  C_SignInit: [42, 'unsigned long session, void *mechanism, unsigned long key'],
  C_Sign: [
    43,
    'unsigned long session, uint8_t *data, unsigned long length, _Out_ uint8_t *signature, _Inout_ unsigned long *size',
  ],
  C_GenerateKeyPair: [
    59,
    'unsigned long session, void *mechanism, CK_ATTRIBUTE *of_public, unsigned long publics, CK_ATTRIBUTE *of_private, unsigned long privates, _Out_ unsigned long *public_key, _Out_ unsigned long *private_key',
  ],
} as const;
type Name = keyof typeof FUNCTIONS;

/**
 * Loads a PKCS #11 v2.40 library (64-bit, no packing: every system but Windows).
 * @throws Error when there is no such file, or it is no such library
 */
export function loadLibrary(koffi: Koffi, modulePath: string): Library {
  koffi.struct('CK_ATTRIBUTE', { type: 'unsigned long', value: 'void *', length: 'unsigned long' });
  const entry = koffi.load(modulePath).func('unsigned long C_GetFunctionList(_Out_ void **list)');
  const list: unknown[] = [null];
  expectOk('C_GetFunctionList', entry(list));
  // the version comes first and takes one aligned place
  const pointers = koffi.decode(list[0], ULONG, koffi.array('void *', 60)) as unknown[];
  const functions = new Map<Name, (...args: unknown[]) => unknown>();
  for (const [name, [place, parameters]] of Object.entries(FUNCTIONS)) {
    const prototype = koffi.proto(`unsigned long ${name}(${parameters})`);
    functions.set(name as Name, koffi.decode(pointers[place], prototype) as () => unknown);
  }
  const answerOf = (name: Name, ...args: unknown[]): number => Number(functions.get(name)?.(...args));
  const call = (name: Name, ...args: unknown[]): void => expectOk(name, answerOf(name, ...args));

  return {
    initialize() {
      const args = Buffer.alloc(6 * ULONG);
      args.writeBigUInt64LE(BigInt(CKF_OS_LOCKING_OK), 4 * ULONG);
      const answer = answerOf('C_Initialize', args);
      if (answer !== CKR.CRYPTOKI_ALREADY_INITIALIZED) expectOk('C_Initialize', answer);
    },
    finalize() {
      call('C_Finalize', null);
    },
    listTokens() {
      const count = [0];
      call('C_GetSlotList', 1, null, count);
      const slots = new BigUint64Array(Math.max(1, Number(count[0])));
      call('C_GetSlotList', 1, slots, count);
      return [...slots.subarray(0, Number(count[0]))].map((slot) => {
        const info = Buffer.alloc(TOKEN_INFO_BYTES);
        call('C_GetTokenInfo', slot, info);
        return { slot, label: info.subarray(0, LABEL_BYTES).toString('utf8').trimEnd() };
      });
    },
    openSession(slot, flags) {
      const session = [0];
      call('C_OpenSession', slot, flags, null, null, session);
      return Number(session[0]);
    },
    login(session, user, pin) {
      const text = Buffer.from(pin);
      const answer = answerOf('C_Login', session, user, text, text.length);
      if (answer !== CKR.USER_ALREADY_LOGGED_IN) expectOk('C_Login', answer); // by another session of ours
    },
    sessionInfo(session) {
      call('C_GetSessionInfo', session, Buffer.alloc(4 * ULONG));
    },
    find(session, template) {
      call('C_FindObjectsInit', session, ...pack(template));
      try {
        const [found, count] = [new BigUint64Array(FOUND_AT_ONCE), [0]];
        call('C_FindObjects', session, found, FOUND_AT_ONCE, count);
        return [...found.subarray(0, Number(count[0]))].map(Number);
      } finally {
        answerOf('C_FindObjectsFinal', session);
      }
    },
    read(session, object, type) {
      const value = Buffer.alloc(VALUE_BYTES);
      const template = [{ type, value, length: value.length }];
      call('C_GetAttributeValue', session, object, template, 1);
      return value.subarray(0, Number(template[0]?.length));
    },
    generatePair(session, mechanism, publicTemplate, privateTemplate) {
      const [publicKey, privateKey] = [[0], [0]];
      const templates = [...pack(publicTemplate), ...pack(privateTemplate)];
      call('C_GenerateKeyPair', session, toStruct(mechanism), ...templates, publicKey, privateKey);
      return { publicKey: Number(publicKey[0]), privateKey: Number(privateKey[0]) };
    },
    destroy: (session, object) => call('C_DestroyObject', session, object),
    sign(session, mechanism, key, data) {
      call('C_SignInit', session, toStruct(mechanism), key);
      const [signature, size] = [Buffer.alloc(VALUE_BYTES), [VALUE_BYTES]];
      call('C_Sign', session, data, data.length, signature, size);
      return signature.subarray(0, Number(size[0]));
    },
  };
}

function expectOk(deed: string, answer: number): void {
  if (answer !== CKR.OK) throw new Pkcs11Error(deed, answer);
}

/** CK_MECHANISM without a parameter. */
function toStruct({ type }: Mechanism): Buffer {
  const struct = Buffer.alloc(3 * ULONG);
  struct.writeBigUInt64LE(BigInt(type));
  return struct;
}

function pack(template: Attribute[]): [object[], number] {
  const packed = template.map(([type, given]) => {
    const value = toBytes(given);
    return { type, value, length: value.length };
  });
  return [packed, packed.length];
}

function toBytes(value: boolean | number | Uint8Array): Uint8Array {
  if (typeof value === 'boolean') return Buffer.from([value ? 1 : 0]);
  if (typeof value !== 'number') return value;
  const bytes = Buffer.alloc(ULONG);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
