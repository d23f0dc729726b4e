import { type PrivateNetworks, askAbroad } from '#kit/http/outbound.ts';
import type { CustomFetch } from 'openid-client';

const TIMEOUT_MS = 4000;
const MOST_BYTES = 256 * 1024;
const KEPT = ['cache-control', 'content-type', 'www-authenticate'];

/** How openid-client asks a provider: checked addresses only, following nowhere, so much and so long and no more. */
export function createGuardedFetch(privateNetworks: PrivateNetworks): CustomFetch {
  return async (target, { body, headers }) => {
    const answer = await askAbroad(new URL(target), {
      headers,
      ...(body !== undefined && body !== null && { body: bodyText(body) }),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MOST_BYTES,
      privateNetworks,
    });
    const kept = KEPT.flatMap((name): [string, string][] => {
      const value = answer.headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    });
    const hasNoBody = answer.status === 204 || answer.status === 304;
    return new Response(hasNoBody ? null : answer.body, { status: answer.status, headers: kept });
  };
}

function bodyText(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('a form or a text is sent, nothing else');
}
