import { BlockList, isIP } from 'node:net';
import type { GuardedRole, Network } from './types.ts';

export const GUARDED_ROLES: readonly GuardedRole[] = ['hpa_admin', 'platform_ops'];

type Entry = Pick<Network, 'role' | 'network'>;

export function isGuarded(role: string): role is GuardedRole {
  return GUARDED_ROLES.some((guarded) => guarded === role);
}

/** F18: whether the console may be used in that role from that address. A role without a network: from everywhere. */
export function isAllowed(networks: readonly Entry[], role: string, address: string): boolean {
  const own = networks.filter((entry) => entry.role === role);
  return own.length === 0 || own.some(({ network }) => isInside(network, address));
}

/** Whether the address lies in the network; an IPv4 address within IPv6 (::ffff:…) counts as itself. */
export function isInside(network: string, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  const [base = '', prefix = ''] = network.split('/');
  const baseFamily = isIP(base) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(plain) === 0 || isIP(base) === 0 || family !== baseFamily) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(prefix || (family === 'ipv6' ? 128 : 32)), family);
  return list.check(plain, family);
}

/**
 * An address or network as CIDR notation; undefined when it is neither. Bits of the host are cleared by the
 * database. A prefix of nothing would open the role to everybody while looking closed.
 */
export function parseNetwork(text: string): string | undefined {
  const [base = '', prefix, ...rest] = text.trim().split('/');
  const family = isIP(base);
  const longest = family === 6 ? 128 : 32;
  if (family === 0 || rest.length > 0) return undefined;
  if (prefix === undefined) return `${base}/${longest}`;
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) < 1 || Number(prefix) > longest) return undefined;
  return `${base}/${Number(prefix)}`;
}

/** Whether whoever changes the list could no longer get in from where they are. */
export function excludes(after: readonly Entry[], who: { role: string; address: string }): boolean {
  return !isAllowed(after, who.role, who.address);
}
