const LONGEST = 2048;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const CONFIGURATION = '/.well-known/openid-federation';

/**
 * OpenID Federation 1.0 §1.2: an https address without query and fragment; plain http towards this machine alone, for
 * demonstrations. One spelling only, so that two names never mean one entity.
 */
export function isEntityId(text: string): boolean {
  if (text.length > LONGEST || !URL.canParse(text)) return false;
  const url = new URL(text);
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname));
  const isBare = url.username === '' && url.password === '' && !/[?#\\*]/.test(text);
  if (url.hostname.endsWith('.')) return false; // the same host as without, under a name no constraint knows
  return isSecure && isBare && (url.href === text || url.href === `${text}/`);
}

/** OpenID Federation 1.0 §9: where an entity tells of itself. */
export function configurationUrl(entityId: string): URL {
  return new URL(entityId.replace(/\/$/, '') + CONFIGURATION);
}

/** OpenID Federation 1.0 §6.2.2, as RFC 5280 §4.2.1.10 has it: `.example.com` a domain, `example.com` a host. */
export function isWithin(entityId: string, constraint: string): boolean {
  const host = new URL(entityId).hostname.toLowerCase();
  const name = constraint.toLowerCase();
  return name.startsWith('.') ? host.endsWith(name) && host.length > name.length : host === name;
}

/** OpenID Federation 1.0 §5.1.1: where another entity answers; https, or http on this machine, and no fragment. */
export function endpointAt(given: unknown): URL | undefined {
  if (typeof given !== 'string' || !URL.canParse(given)) return undefined;
  const url = new URL(given);
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname));
  const isBare = url.username === '' && url.password === '' && !given.includes('#');
  return isSecure && isBare ? url : undefined;
}
