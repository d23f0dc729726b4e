import { type ConsoleCaller, type Deed, reachOf } from '../permissions/index.ts';

interface ConsolePlace {
  group: (typeof GROUPS)[number];
  key: string;
  url: string;
  deed: Deed;
}

/** The console's menu (P-40 to P-42) in its groups, in order. */
const GROUPS = ['people', 'subsystems', 'units', 'content', 'watch', 'operations'] as const;

/** Every place, in order within its group; each is shown to whoever may do its deed. One a line. */
// prettier-ignore
const PLACES: ConsolePlace[] = [
  { group: 'people', key: 'console-people.title', url: '/console/accounts', deed: 'accounts.read' },
  { group: 'people', key: 'console-sign-ins.title', url: '/console/sign-ins', deed: 'sign_ins.read' },
  {
    group: 'people',
    key: 'console-subsystem-sign-ins.title',
    url: '/console/subsystem-sign-ins',
    deed: 'subsystem_sign_ins.read',
  },
  { group: 'people', key: 'console-enrollments.title', url: '/console/enrollments', deed: 'enrollments.review' },
  { group: 'people', key: 'console-reviews.title', url: '/console/review-history', deed: 'review_history.read' },
  { group: 'people', key: 'console-delegations.title', url: '/console/delegations', deed: 'delegations.manage' },
  { group: 'subsystems', key: 'console-access.title', url: '/console/access-requests', deed: 'access_requests.review' },
  { group: 'subsystems', key: 'console-subsystem-accounts.title', url: '/console/subsystem-accounts', deed: 'subsystem_accounts.read' },
  { group: 'subsystems', key: 'console-suspended.title', url: '/console/suspended-accounts', deed: 'subsystem_accounts.reinstate' },
  { group: 'subsystems', key: 'console-permission.title', url: '/console/permission-requests', deed: 'permission_requests.read' },
  { group: 'units', key: 'console-units.title', url: '/console/units', deed: 'units.read' },
  { group: 'units', key: 'console-unit-imports.title', url: '/console/unit-imports', deed: 'unit_imports.read' },
  { group: 'people', key: 'console-sessions.title', url: '/console/sessions', deed: 'sessions.read' },
  { group: 'people', key: 'console-impersonations.title', url: '/console/impersonations', deed: 'impersonations.read' },
  { group: 'people', key: 'console-emergency.title', url: '/console/emergency', deed: 'emergency.read' },
  { group: 'subsystems', key: 'console-subsystems.title', url: '/console/subsystems', deed: 'subsystems.read' },
  { group: 'subsystems', key: 'console-federation.title', url: '/console/federation', deed: 'federation.read' },
  { group: 'subsystems', key: 'console-logouts.title', url: '/console/logouts', deed: 'logouts.read' },
  { group: 'subsystems', key: 'console-registration.title', url: '/console/registration-tokens', deed: 'registration_tokens.read' },
  { group: 'subsystems', key: 'console-upstreams.title', url: '/console/upstreams', deed: 'upstreams.read' },
  { group: 'content', key: 'console-content.title', url: '/console/content', deed: 'content.read' },
  { group: 'watch', key: 'console-account-reviews.title', url: '/console/account-reviews', deed: 'account_reviews.read' },
  { group: 'watch', key: 'console-audit.title', url: '/console/audit', deed: 'audit.read' },
  { group: 'watch', key: 'console-alerts.title', url: '/console/alerts', deed: 'alerts.read' },
  { group: 'watch', key: 'console-breaches.title', url: '/console/breaches', deed: 'breaches.read' },
  { group: 'watch', key: 'console-allow-list.title', url: '/console/addresses', deed: 'allow_list.read' },
  { group: 'operations', key: 'console-signing-keys.title', url: '/console/signing-keys', deed: 'signing_keys.read' },
];

/** The groups and places that are the caller's, without empty groups. */
export function placesOf(caller: ConsoleCaller): { key: string; places: ConsolePlace[] }[] {
  const mine = PLACES.filter(({ deed }) => reachOf(caller, deed));
  return GROUPS.map((name) => ({
    key: `console.group-${name}`,
    places: mine.filter(({ group }) => group === name),
  })).filter(({ places }) => places.length > 0);
}

/** The menu as a page at `path` shows it. */
export function menuOf(caller: ConsoleCaller, path: string) {
  return placesOf(caller).map(({ key, places }) => ({
    key,
    places: places.map((place) => ({
      key: place.key,
      url: place.url,
      current: path === place.url || path.startsWith(`${place.url}/`),
    })),
  }));
}
