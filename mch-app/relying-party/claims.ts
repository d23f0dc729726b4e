import { z } from 'zod';
import type { Account, Act, KnownAccount } from '../sessions/index.ts';

const text = z.string().min(1).max(400);
const unit = z.object({ code: text, name: text, kind: z.string(), county: z.string(), town: z.string() });

const subsystemAccount = z.object({
  id: text,
  binding: text,
  unit,
  role: text,
  duty: text,
  menu_roles: z.array(text).max(200),
});

const idTokenClaims = z.object({
  iss: text,
  sub: text,
  sid: text.optional(),
  azp: text.optional(),
  subsystem_account: subsystemAccount,
  act: z.object({ sub: text, name: text }).optional(),
  act_until: z.int().optional(),
});

const userinfoClaims = z.object({
  name: z.string().max(400).default(''),
  accounts: z
    .array(z.object({ id: text, binding: text, unit: z.object({ name: text }), role: text }))
    .max(500)
    .default([]),
});

/** Who the ID token speaks of: a person is known by `iss` and `sub`, never by name, address or number. */
export interface Identity {
  iss: string;
  sub: string;
  sid: string | null;
  account: Account;
  /** Somebody acts for the person. */
  act?: Act;
}

/** Reads the claims of a validated ID token; undefined when they are not what was agreed. */
export function readIdentity(claims: unknown, clientId: string): Identity | undefined {
  const parsed = idTokenClaims.safeParse(claims);
  if (!parsed.success || (parsed.data.azp ?? clientId) !== clientId) return undefined;
  const { act, act_until: until } = parsed.data;
  if ((act === undefined) !== (until === undefined)) return undefined;
  const { iss, sub, sid, subsystem_account: acting } = parsed.data;
  const { menu_roles: menuRoles, ...account } = acting;
  const byAnother = act &&
    until !== undefined && { act: { ...act, until: new Date(until * 1000).toISOString() } };
  return { iss, sub, sid: sid ?? null, account: { ...account, menuRoles }, ...byAnother };
}

export interface Profile {
  personName: string;
  others: KnownAccount[];
}

/** Reads a userinfo answer; undefined when it is not what was agreed. */
export function readProfile(claims: unknown): Profile | undefined {
  const parsed = userinfoClaims.safeParse(claims);
  if (!parsed.success) return undefined;
  const others = parsed.data.accounts.map(({ id, binding, unit: at, role }) => ({
    id,
    binding,
    unitName: at.name,
    role,
  }));
  return { personName: parsed.data.name, others };
}

export function asKnown(account: Account): KnownAccount {
  return { id: account.id, binding: account.binding, unitName: account.unit.name, role: account.role };
}
