import { acrOf } from '#idp/authenticators/index.ts';
import type { BoundAccount } from '#idp/bindings/index.ts';
import type { InteractionFacts, Person } from '#idp/sign-in/types.ts';

export const NOW = new Date('2026-03-02T04:00:00Z');
export const SECONDS = NOW.getTime() / 1000;
const label = { 'zh-TW': '', en: '' };

/** Invented facts, changed where a test says so. */
export const person = (changes: Partial<Person> = {}): Person => ({
  id: 'p1',
  personNo: '00000001',
  loginName: 'someone',
  name: 'Someone',
  title: '',
  email: 'someone@example.test',
  phone: '',
  unitCode: '1',
  role: 'user',
  status: 'active',
  expiresAt: null,
  lastSignInAt: null,
  passwordHash: 'hash',
  passwordChangedAt: new Date('2026-02-01T00:00:00Z'),
  mustChangePassword: false,
  hasTotp: false,
  hasPasskey: false,
  hasCard: false,
  ...changes,
});

export const bound = (id: string, requiredAcr?: string): BoundAccount => ({
  id,
  subsystemCode: 'mch',
  binding: id,
  waiting: undefined,
  waitingAt: undefined,
  unitCode: '1',
  unitName: '',
  unitNameEn: '',
  role: 'r',
  roleLabel: label,
  duty: 'd',
  dutyLabel: label,
  menuRoles: [],
  requiredAcr,
  lastUsedAt: undefined,
  favourite: false,
});

export const interaction = (changes: Partial<InteractionFacts> = {}): InteractionFacts => ({
  uid: 'u',
  returnTo: '/',
  prompt: 'login',
  reasons: ['no_session'],
  clientId: 'c',
  redirectOrigins: [],
  requestedAcr: [],
  progress: { amr: [] },
  ...changes,
});

export const pwd = { accountId: 'p1', amr: ['pwd'], authenticatedAt: SECONDS - 60 };
export const both = { ...pwd, amr: ['pwd', 'otp', 'mfa'] };
export const session = (amr: string[], age = 60) => ({
  accountId: 'p1',
  acr: acrOf(amr) ?? '',
  amr,
  authTime: SECONDS - age,
});
