import { z } from 'zod';

/* What the directory API answers, as far as it is shown here. */

export const unit = z.object({ code: z.string(), name: z.string(), name_en: z.string() });
const moment = z
  .string()
  .nullable()
  .transform((text) => (text === null ? null : new Date(text)));
const next = z.string().optional();

export const account = z.object({
  id: z.string(),
  holder_name: z.string(),
  unit,
  role: z.string(),
  duty: z.string(),
  status: z.string(),
  suspended_because: z.string().nullable(),
  status_changed_at: moment,
  last_used_at: moment,
});
export type AccountLine = z.infer<typeof account>;
export const accountPage = z.object({ accounts: z.array(account), next });

const access = z.object({
  role: z.string(),
  duty: z.string(),
  menu_roles: z.array(z.string()),
  status: z.enum(['active', 'disabled']),
});
export type Access = z.infer<typeof access>;
export const accountAccess = z.object({
  id: z.string(),
  holder_name: z.string(),
  unit,
  status: z.string(),
  access,
  look_only: z.string().optional(),
  roles: z.array(z.object({ code: z.string(), manages: z.boolean() })),
  duties: z.array(z.object({ code: z.string(), menu_roles: z.array(z.string()) })),
  managers: z.object({ used: z.number(), limit: z.number() }),
  may_make_managers: z.boolean(),
});
export type AccountAccess = z.infer<typeof accountAccess>;
export const inForce = z.object({ in_force: access });

export const review = z.object({
  id: z.string(),
  kind: z.string(),
  unit,
  role: z.string(),
  duty: z.string(),
  applicant: z.object({ name: z.string(), login_name: z.string() }),
  requested_at: z.string().transform((text) => new Date(text)),
});
export type ReviewLine = z.infer<typeof review>;
export const reviewPage = z.object({ reviews: z.array(review), next });

export const decision = z.object({
  at: z.string().transform((text) => new Date(text)),
  kind: z.string(),
  unit,
  applicant: z.object({ name: z.string(), login_name: z.string() }),
  decision: z.string(),
  comment: z.string(),
  reviewer: z.string(),
  on_behalf_of: z.string(),
});
export type DecisionLine = z.infer<typeof decision>;
export const decisionPage = z.object({ decisions: z.array(decision), next });

export const rights = z.object({
  id: z.string(),
  no: z.number(),
  kind: z.enum(['extra_manager', 'menu_role']),
  status: z.enum(['submitted', 'allowed', 'refused', 'withdrawn']),
  unit,
  applicant: z.string(),
  is_own: z.boolean(),
  target: z.string().nullable(),
  menu_role: z.string().nullable(),
  content: z.string(),
  phone: z.string(),
  email: z.string(),
  created_at: z.string().transform((text) => new Date(text)),
  decided_at: moment,
  decided_by: z.string().nullable(),
  reason: z.string(),
});
export type RightsRequest = z.infer<typeof rights>;
export const rightsPage = z.object({ requests: z.array(rights), next });
export const rightsChoices = z.object({
  candidates: z.array(z.object({ id: z.string(), holder_name: z.string() })),
  menu_roles: z.array(z.string()),
  managers: z.object({ used: z.number(), limit: z.number() }),
});

export const unitLine = z.object({
  code: z.string(),
  name: z.string(),
  name_en: z.string(),
  county: z.string(),
  town: z.string(),
  status: z.string(),
});
export type UnitLine = z.infer<typeof unitLine>;
export const unitPage = z.object({ units: z.array(unitLine), next });
export const wholeUnit = unitLine.extend({
  kind: z.string(),
  level: z.string(),
  address: z.string(),
  phone: z.string(),
  email: z.string(),
  version: z.number(),
  managers: z.object({ used: z.number(), limit: z.number() }),
  possible_menu_roles: z.array(z.string()),
  entitlements: z.array(
    z.object({
      menu_role: z.string(),
      valid_from: z.string(),
      valid_to: z.string(),
      approval_no: z.string(),
      basis: z.string(),
    }),
  ),
  may_change_contact: z.boolean(),
  may_entitle: z.boolean(),
});
export type WholeUnit = z.infer<typeof wholeUnit>;
export const contactNow = z.object({
  now: z.object({ version: z.number(), address: z.string(), phone: z.string(), email: z.string() }),
});
