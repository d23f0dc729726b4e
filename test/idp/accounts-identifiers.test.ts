import {
  isEmailAddress,
  isLandline,
  isLoginName,
  isMobile,
  nationalIdIndex,
  nationalIdKind,
  openNationalId,
  sealNationalId,
} from '#idp/accounts/index.ts';
import { createKeyring } from '#kit/keyring.ts';

const now = new Date('2026-11-22T00:00:00Z');

describe('P-16: national ID and UI numbers', () => {
  test.each([
    ['A123456789', 'national'],
    ['B200000004', 'national'],
    ['F229999995', 'national'],
    ['A800000014', 'resident'],
    ['A900000025', 'resident'],
    ['C870000017', 'resident'],
    ['H981234562', 'resident'],
    ['X899999991', 'resident'],
    ['E990000017', 'resident'],
    ['AC00000003', 'legacy_resident'],
    ['FD12345676', 'legacy_resident'],
    ['BA98765434', 'legacy_resident'],
    [' a１２3456789 ', 'national'],
  ])('§4.4: %s is valid', (id, kind) => {
    expect(nationalIdKind(id, now)).toBe(kind);
  });

  test.each([
    'A123456788',
    'A323456789',
    'A12345678',
    'A1234567890',
    '1123456789',
    'AE00000003',
    '',
    'A１23',
  ])('§4.4: %j is not', (id) => {
    expect(nationalIdKind(id, now)).toBeUndefined();
  });

  test('§4.4: a number with two letters ends with the year 2030 in Taipei', () => {
    expect(nationalIdKind('AC00000003', new Date('2030-12-31T23:59:59+08:00'))).toBe('legacy_resident');
    expect(nationalIdKind('AC00000003', new Date('2031-01-01T00:00:00+08:00'))).toBeUndefined();
    expect(nationalIdKind('A800000014', new Date('2031-01-01T00:00:00+08:00'))).toBe('resident');
  });
});

describe('numbers and names', () => {
  test.each([
    ['02-12345678#1234', true],
    ['02-12345678#123456', true],
    ['037-123456', true],
    ['0836-22345', true],
    ['02-1234', false],
    ['01-12345678', false],
    ['0212345678', false],
    ['02-12345678#1234567', false],
  ])('§4.5: telephone %s: %s', (text, valid) => {
    expect(isLandline(text)).toBe(valid);
  });

  test.each([
    ['0912-345678', true],
    ['0912345678', false],
    ['0812-345678', false],
    ['0912-345678\n', false],
  ])('§4.5: mobile %j: %s', (text, valid) => {
    expect(isMobile(text)).toBe(valid);
  });

  test.each([
    ['wang.xiaomei@hospital.example', true],
    ['a+b@x-y.example.tw', true],
    ['no-at.example', false],
    ['two@@x.example', false],
    ['a@localhost', false],
    ['a@x.example\r\nBcc: b@x.example', false],
    ['a＠x.example', false],
    [`${'a'.repeat(65)}@x.example`, false],
    [`a@${'b.'.repeat(130)}example`, false],
    ['"quoted"@x.example', false],
  ])('§4.5: e-mail %j: %s', (text, valid) => {
    expect(isEmailAddress(text)).toBe(valid);
  });

  test.each([
    ['wang.nurse', true],
    ['Wang_2026-a', true],
    ['abcde', false],
    ['1abcdef', false],
    ['A123456789', false],
    ['a b c d e f', false],
    [`a${'b'.repeat(30)}`, false],
    ['wäng.nurse', false],
  ])('§4.5: account name %j: %s', (text, valid) => {
    expect(isLoginName(text)).toBe(valid);
  });
});

describe('H8: a sealed ID number', () => {
  const [keyring, other] = [7, 8].map((byte) => createKeyring(Buffer.alloc(32, byte).toString('base64')));
  const [mine, theirs] = ['a', 'b'].map((of) => `${of.repeat(8)}-0000-4000-8000-000000000000`);

  test('opens in its own row alone, unchanged, by its own key', () => {
    if (!keyring || !other || !mine || !theirs) throw new Error('there are two of each');
    const sealed = sealNationalId(keyring, 'A123456789', mine);
    expect(openNationalId(keyring, sealed, mine)).toBe('A123456789');
    expect(() => openNationalId(keyring, sealed, theirs)).toThrow();
    expect(() => openNationalId(other, sealed, mine)).toThrow();
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => openNationalId(keyring, changed, mine)).toThrow();
    }
    expect(() => openNationalId(keyring, sealed.subarray(0, -1), mine)).toThrow();
    expect(sealNationalId(keyring, 'A123456789', mine).equals(sealed)).toBe(false);
    expect(nationalIdIndex(keyring, 'A123456789').equals(nationalIdIndex(other, 'A123456789'))).toBe(false);
  });
});
