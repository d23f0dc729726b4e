import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** A set of addresses and networks, such as those that our own proxies have. */
export interface Neighbours {
  has(req: Pick<IncomingMessage, 'socket'>): boolean;
}

/** @param entries addresses, or networks as `10.0.0.0/8` @throws Error naming an entry that is neither */
export function createNeighbours(entries: readonly string[]): Neighbours {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix, ...rest] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const bits = prefix === undefined ? undefined : Number(/^\d{1,3}$/.test(prefix) ? prefix : NaN);
    if (isIP(address) === 0 || rest.length > 0 || Number.isNaN(bits))
      throw new Error(`${entry} is no address`);
    try {
      if (bits === undefined) list.addAddress(address, family);
      else list.addSubnet(address, bits, family);
    } catch {
      throw new Error(`${entry} is no network`);
    }
  }
  return {
    has({ socket }) {
      const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
      const kind = isIP(address);
      return kind !== 0 && list.check(address, kind === 6 ? 'ipv6' : 'ipv4');
    },
  };
}
