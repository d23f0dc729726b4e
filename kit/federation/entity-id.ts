const WELL_KNOWN = '/.well-known/openid-federation';
const MOST_CHARACTERS = 2048;

/** Whether loopback may be named by http: for development and tests alone. */
export interface EntityIdRules {
  loopback?: boolean | undefined;
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * Whether `value` can be an Entity Identifier: an https URL of a host, perhaps with a port and a path, and with neither
 * user information, query nor fragment (OpenID Federation 1.0 §1.2). It must be written as a URL parser writes it, so
 * that two spellings are never two entities.
 */
export function isEntityId(value: unknown, rules: EntityIdRules = {}): value is string {
  if (typeof value !== 'string' || value.length > MOST_CHARACTERS || !URL.canParse(value)) return false;
  const url = new URL(value);
  const isLocal = url.protocol === 'http:' && rules.loopback === true && LOOPBACK.test(url.hostname);
  if (url.protocol !== 'https:' && !isLocal) return false;
  if (url.username !== '' || url.password !== '' || /[?#]/.test(value)) return false;
  return url.href === value || url.href === `${value}/`;
}

/** Where an entity publishes its own statement (§9): the well-known path after its identifier's. */
export function configurationUrl(entityId: string): URL {
  return new URL(`${entityId.replace(/\/$/, '')}${WELL_KNOWN}`);
}

/** §6.2.2: whether a host satisfies a domain name constraint of RFC 5280 §4.2.1.10. */
export function satisfiesName(entityId: string, constraint: string): boolean {
  const host = new URL(entityId).hostname.toLowerCase();
  const name = constraint.toLowerCase();
  return name.startsWith('.') ? host.endsWith(name) && host.length > name.length : host === name;
}
