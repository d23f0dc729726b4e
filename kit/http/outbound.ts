import { lookup } from 'node:dns/promises';
import { isSpecialUse } from './addresses.ts';

/**
 * A relying party's address must not lead into this machine or its network, unless the operator says so.
 * @throws Error when it does, or its name is unknown
 */
export async function refuseForeignNetwork(uri: URL, privateNetworks: boolean): Promise<void> {
  if (privateNetworks) return;
  const addresses = await lookup(uri.hostname.replace(/^\[|\]$/g, ''), { all: true });
  if (addresses.some(({ address }) => isSpecialUse(address))) throw new Error('its address is not public');
}
