type Holder = 'client' | 'person';

/** Every scope of the API, who may hold it, and what it lets its holder do. */
export const API_SCOPES = {
  'messages:send': {
    holders: ['client'],
    text: 'Leave messages for people who have an account at your subsystem',
  },
  'todo_counts:write': {
    holders: ['client'],
    text: 'Tell how much work waits at an account of your subsystem',
  },
  'sign_ins:write': { holders: ['client'], text: 'Report who signed in at your subsystem' },
  'sign_ins:read': { holders: ['client', 'person'], text: 'Read who signed in at the subsystem' },
  'accounts:read': {
    holders: ['client', 'person'],
    text: 'Read accounts of the subsystem, a manager those of the own unit',
  },
  'accounts:write': {
    holders: ['client'],
    text: 'Change unit, role, duty and menu roles of accounts kept at your subsystem',
  },
  'accounts:change': {
    holders: ['person'],
    text: 'Change and reinstate accounts, as a manager those of the own unit',
  },
  'managers:read': { holders: ['client', 'person'], text: 'Read who manages a unit' },
  'unit_register:read': { holders: ['client'], text: 'Read the register of units' },
  'reviews:read': { holders: ['person'], text: 'Read the requests that wait for one’s decision' },
  'reviews:decide': { holders: ['person'], text: 'Decide requests' },
  'units:read': { holders: ['person'], text: 'Read what is known of the units one administers' },
  'units:change': { holders: ['person'], text: 'Change how a unit is reached, and what it may give' },
  'permission_requests:read': { holders: ['person'], text: 'Read requests for further rights of a unit' },
  'permission_requests:write': { holders: ['person'], text: 'Ask for further rights of the own unit' },
} as const satisfies Record<string, { holders: readonly Holder[]; text: string }>;

export type ApiScope = keyof typeof API_SCOPES;

/** The scopes one kind of holder can have, in one string as OAuth writes them. */
export function scopesOf(holder: Holder): ApiScope[] {
  return (Object.keys(API_SCOPES) as ApiScope[]).filter((scope) =>
    (API_SCOPES[scope].holders as readonly Holder[]).includes(holder),
  );
}

/** What changes something is for whoever has proven a second factor, as at the console (RFC 9470). */
export const DECIDING: ReadonlySet<ApiScope> = new Set([
  'reviews:decide',
  'accounts:change',
  'units:change',
  'permission_requests:write',
]);
