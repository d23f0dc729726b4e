import type { DeedRule, Scope } from './types.ts';

const nation = 'nation' as const;
const own = 'own_unit' as const;
const managed = 'managed' as const;

const managers = { unit_manager: own, hpa_admin: nation, platform_ops: nation } satisfies Record<
  string,
  Scope
>;
const agency = { hpa_admin: nation } satisfies Record<string, Scope>;
const national = { hpa_admin: nation, platform_ops: nation } satisfies Record<string, Scope>;
const operators = { platform_ops: nation } satisfies Record<string, Scope>;
const reviewers = { ...managers, subsystem_manager: managed } satisfies Record<string, Scope>;
const deciders = { unit_manager: own, subsystem_manager: managed, hpa_admin: nation } satisfies Record<
  string,
  Scope
>;

/** Who may do what, and where: the whole of it. `docs/permissions.md` is written from here. */
export const DEEDS = {
  'console.enter': { scopes: reviewers, delegable: true },

  'accounts.read': { scopes: managers },
  'accounts.export': { scopes: managers },
  'accounts.create': { scopes: managers },
  'accounts.change': { scopes: managers },
  'accounts.unlock': { scopes: managers },
  'accounts.reset_password': { scopes: managers },
  'accounts.reset_factor': { scopes: managers, fresh: true },
  'accounts.disable': { scopes: managers },
  'accounts.move': { scopes: national },
  'accounts.change_role': { scopes: national, fresh: true },
  'sign_ins.read': { scopes: managers },
  'sign_ins.export': { scopes: managers },
  'subsystem_sign_ins.read': { scopes: reviewers },
  'subsystem_sign_ins.export': { scopes: reviewers },

  'enrollments.review': { scopes: managers, delegable: true },
  'paper_forms.review': { scopes: national, delegable: true },
  'access_requests.review': { scopes: deciders, delegable: true },
  'subsystem_accounts.read': { scopes: reviewers },
  'subsystem_accounts.export': { scopes: reviewers },
  'subsystem_accounts.change': { scopes: deciders },
  'subsystem_accounts.reinstate': { scopes: { unit_manager: own, hpa_admin: nation } },
  'delegations.manage': { scopes: reviewers },
  'permission_requests.read': { scopes: reviewers },
  'permission_requests.create': { scopes: { unit_manager: own, subsystem_manager: managed } },
  'permission_requests.decide': { scopes: agency },
  'review_history.read': { scopes: reviewers },
  'review_history.export': { scopes: reviewers },

  'units.read': { scopes: managers },
  'units.export': { scopes: managers },
  'units.change_contact': { scopes: managers },
  'units.change': { scopes: agency },
  'unit_imports.read': { scopes: agency },
  'units.import': { scopes: agency, fresh: true },
  'units.close': { scopes: agency, fresh: true },
  'units.merge': { scopes: agency, fresh: true },
  'units.entitle': { scopes: agency },

  'federation.read': { scopes: national },
  'subsystems.read': { scopes: national },
  'subsystems.apply': { scopes: national, fresh: true },
  'subsystems.disable': { scopes: national, fresh: true },
  'client_secrets.rotate': { scopes: national, fresh: true },
  'registration_tokens.read': { scopes: national },
  'registration_tokens.change': { scopes: operators, fresh: true },
  'upstreams.read': { scopes: national },
  'upstreams.export': { scopes: national, fresh: true },
  'upstreams.change': { scopes: national, fresh: true },
  'upstream_links.remove': { scopes: national, fresh: true },
  'readiness.run': { scopes: national },
  'logouts.read': { scopes: national },
  'logouts.redeliver': { scopes: national },

  'sessions.read': { scopes: managers },
  'sessions.end': { scopes: managers },
  'sessions.end_client': { scopes: national, fresh: true },
  'emergency.disable': { scopes: national, fresh: true },
  'emergency.read': { scopes: national },

  'impersonations.read': { scopes: national },
  'impersonations.request': { scopes: national, fresh: true },
  'impersonations.approve': { scopes: national, fresh: true },

  'content.read': { scopes: managers },
  'content.write': { scopes: managers },
  'help.write': { scopes: national },
  'notices.write': { scopes: national },
  'maintenance.write': { scopes: national },

  'signing_keys.read': { scopes: operators },
  'signing_keys.rotate': { scopes: operators, fresh: true },
  'signing_keys.revoke': { scopes: operators, fresh: true },
  'signing_keys.confirm': { scopes: national, fresh: true },

  'audit.read': { scopes: managers },
  'audit.export': { scopes: managers, fresh: true },
  'audit.verify': { scopes: national },
  'account_reviews.answer': { scopes: { unit_manager: own, hpa_admin: nation } },
  'account_reviews.read': { scopes: managers },
  'alerts.read': { scopes: national },
  'alerts.answer': { scopes: national },
  'alerts.configure': { scopes: operators, fresh: true },
  'allow_list.read': { scopes: national },
  'allow_list.change': { scopes: operators, fresh: true },
  'breaches.read': { scopes: national },
  'breaches.write': { scopes: national },
} satisfies Record<string, DeedRule>;

export type Deed = keyof typeof DEEDS;
