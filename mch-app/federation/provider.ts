import { createLocalJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Clock, SECOND } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import { readAnswer } from '#kit/http/read-at-most.ts';
import { CONFIGURATION_PATH } from './entity.ts';
import type { TrustAnchors } from './anchors.ts';

const TIMEOUT_MS = 8 * SECOND;
const MOST_BYTES = 256 * 1024;
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'EdDSA'];

const anchorClaims = z.object({
  metadata: z.object({ federation_entity: z.object({ federation_resolve_endpoint: z.url() }) }),
});
const resolved = z.object({
  exp: z.number(),
  metadata: z.object({
    openid_provider: z.looseObject({ issuer: z.string(), token_endpoint: z.string(), jwks_uri: z.string() }),
  }),
});

/** The provider as its chain of trust shows it. */
export interface TrustedProvider {
  metadata: z.infer<typeof resolved>['metadata']['openid_provider'];
  /** When the chain ends. */
  expiresAt: Date;
}

export interface ProviderChainDeps {
  anchors: TrustAnchors;
  clock: Clock;
  call: (url: string, init: RequestInit) => Promise<Response>;
}

/** Nobody answers, or not now: it says nothing of the chain. */
class Unanswered extends Error {}

/**
 * The provider's metadata through an anchor of ours (OpenID Federation 1.0 §8.3): the anchor resolves the chain and signs
 * what it comes to, by keys we hold by other means than the network. What the provider says of itself alone counts for
 * nothing.
 * @throws Fault provider_not_trusted when no anchor vouches for it, identity_provider_unavailable when none could be asked
 */
export async function resolveProvider(issuer: string, deps: ProviderChainDeps): Promise<TrustedProvider> {
  const failures: unknown[] = [];
  for (const [anchor, jwks] of Object.entries(deps.anchors)) {
    try {
      return await resolveAt(issuer, anchor, createLocalJWKSet(jwks), deps);
    } catch (error) {
      failures.push(error);
    }
  }
  const isUnanswered = failures.some((failure) => failure instanceof Unanswered);
  const cause = new AggregateError(
    failures,
    failures.map((failure) => (failure as Error).message).join('; '),
  );
  throw new Fault(isUnanswered ? 'identity_provider_unavailable' : 'provider_not_trusted', {}, cause);
}

async function resolveAt(
  issuer: string,
  anchor: string,
  keys: ReturnType<typeof createLocalJWKSet>,
  { clock, call }: ProviderChainDeps,
): Promise<TrustedProvider> {
  const verify = async (token: string, typ: string, subject: string) => {
    const options = { typ, issuer: anchor, subject, algorithms: ALGORITHMS, currentDate: clock() };
    return (await jwtVerify(token, keys, { ...options, requiredClaims: ['iat', 'exp'] })).payload;
  };
  const own = await ask(`${anchor.replace(/\/$/, '')}${CONFIGURATION_PATH}`, call);
  const said = anchorClaims.parse(await verify(own, 'entity-statement+jwt', anchor));
  const url = new URL(said.metadata.federation_entity.federation_resolve_endpoint);
  for (const [name, value] of [
    ['sub', issuer],
    ['trust_anchor', anchor],
    ['entity_type', 'openid_provider'],
  ] as const)
    url.searchParams.append(name, value);
  const answer = await ask(url.href, call);
  const { exp, metadata } = resolved.parse(await verify(answer, 'resolve-response+jwt', issuer));
  if (metadata.openid_provider.issuer !== issuer) throw new Error('the chain is of another provider');
  return { metadata: metadata.openid_provider, expiresAt: new Date(exp * 1000) };
}

async function ask(url: string, call: ProviderChainDeps['call']): Promise<string> {
  const init: RequestInit = { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) };
  const heard = async (): Promise<{ status: number; text: string }> => {
    const answer = await call(url, init);
    return { status: answer.status, text: (await readAnswer(answer, MOST_BYTES)).trim() };
  };
  const { status, text } = await heard().catch((error: unknown) => {
    throw new Unanswered(`${url}: ${error instanceof Error ? error.message : 'no answer'}`, { cause: error });
  });
  if (status === 429 || status >= 500) throw new Unanswered(`${url} answered with ${status}`);
  if (status !== 200) throw new Error(`${url} answered with ${status}${errorIn(text)}`);
  return text;
}

/** OpenID Federation 1.0 §8.9, for the log. */
function errorIn(text: string): string {
  const words = /"error_description":"([\w ,.-]{1,200})"/.exec(text)?.[1];
  return words === undefined ? '' : `: ${words}`;
}
