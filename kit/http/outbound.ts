import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  Agent as PlainAgent,
  type RequestOptions,
  request as plainRequest,
} from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isSpecialUse } from './addresses.ts';
import { findAddresses } from './names.ts';
import { readAtMost } from './read-at-most.ts';

const NAMES_MS = 5000;
/** Connections to one host; whatever is more waits for one of them, within its own time. */
const SOCKETS = {
  keepAlive: true,
  maxSockets: 32,
  maxTotalSockets: 512,
  maxFreeSockets: 32,
  timeout: 30_000,
};
const agents = { 'http:': new PlainAgent(SOCKETS), 'https:': new SecureAgent(SOCKETS) };

/** Whether addresses in private networks may be asked: all, none, or those of the one host that is named. */
export type PrivateNetworks = boolean | string;

/**
 * A relying party's address must not lead into this machine or its network, unless the operator says so.
 * @throws Error when it does, or its name is unknown
 */
export async function refuseForeignNetwork(uri: URL, privateNetworks: PrivateNetworks): Promise<void> {
  if (privateNetworks === true) return;
  await allowedAddresses(uri, privateNetworks, AbortSignal.timeout(NAMES_MS));
}

export interface OutboundRequest {
  headers: Record<string, string>;
  /** Posted; without one it is a GET. */
  body?: string;
  /** For all of it: the name, the connection, the answer. */
  timeoutMs: number;
  /** How much of the answer's body is read; what is longer is an error. Nothing is kept when left out. */
  maxBytes?: number;
  privateNetworks: PrivateNetworks;
}

export interface OutboundAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * Asks a server somewhere else, following nowhere. The address that was checked is the one connected to, so a
 * name cannot change its meaning in between.
 * @throws Error when the network is refused, the answer is too long, or there is none in time
 */
export async function askAbroad(url: URL, outbound: OutboundRequest): Promise<OutboundAnswer> {
  const { body, headers, timeoutMs, maxBytes, privateNetworks } = outbound;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error('no web address');
  const signal = AbortSignal.timeout(timeoutMs);
  const addresses = await allowedAddresses(url, privateNetworks, signal);
  const lookup: LookupFunction = (_name, { all }, done) => {
    const [first] = addresses;
    if (all) done(null, addresses);
    else done(null, first?.address ?? '', first?.family ?? 4);
  };
  const length = body === undefined ? undefined : { 'content-length': String(Buffer.byteLength(body)) };
  const options = {
    ...{ method: body === undefined ? 'GET' : 'POST', agent: agents[url.protocol], signal, lookup },
    headers: { ...headers, ...length },
  };
  const answer = await send(url, options, body);
  const status = answer.statusCode ?? 0;
  if (maxBytes === undefined) {
    answer.once('error', () => {}); // cut short: the status was all that was asked for
    answer.resume();
    return { status, headers: answer.headers, body: '' };
  }
  return { status, headers: answer.headers, body: await readAtMost(answer, maxBytes) };
}

/** A connection kept from before may have been closed meanwhile: that is no answer, and asked again. */
function send(url: URL, options: RequestOptions, body: string | undefined): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? secureRequest : plainRequest;
  const fresh = { ...options, agent: false };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, resolve);
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.reusedSocket && error.code === 'ECONNRESET') resolve(send(url, fresh, body));
      else reject(error);
    });
    outgoing.end(body);
  });
}

async function allowedAddresses(uri: URL, privateNetworks: PrivateNetworks, signal: AbortSignal) {
  const addresses = await findAddresses(uri.hostname, signal);
  const isAllowed = privateNetworks === true || privateNetworks === uri.hostname;
  if (!isAllowed && addresses.some(({ address }) => isSpecialUse(address)))
    throw new Error('its address is not public');
  return addresses;
}
