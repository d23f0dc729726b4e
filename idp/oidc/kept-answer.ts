import type Provider from 'oidc-provider';
import type { Context } from '#kit/http/context.ts';
import { cookieName, readCookie, setCookie } from '#kit/http/cookies.ts';
import { digest, randomToken } from '#kit/random.ts';
import type { Writes } from './storage/writes.ts';
import type { OidcContext, OidcDeps } from './types.ts';

/*
 * The way back from a sign-in ends the interaction and hands out a session and a code. When that answer is lost, with
 * the replica that made it or on the wire, whoever asks again gets the very same one: sealed, for half a minute, and
 * only the browser that was told a secret when it had proven who it is. Cookies from before, which somebody else may
 * have planted or copied, open nothing; the answer takes the secret away when it arrives.
 */
const PURPOSE = 'resume-answer';
const RESUME = /^\/oidc\/auth\/([\w-]{1,64})$/;
const DEVICE_RESUME = /^\/oidc\/device\/([\w-]{1,64})$/;

interface Answer {
  status: number;
  location: string;
  cookies: string[];
}

/** The interaction a request comes back from. */
export function resumedUid(ctx: OidcContext): string | undefined {
  return RESUME.exec(ctx.path)?.[1];
}

/** The same of one that was begun for a device. */
export function deviceUid(ctx: OidcContext): string | undefined {
  return DEVICE_RESUME.exec(ctx.path)?.[1];
}

const proofName = (deps: OidcDeps): string => cookieName('idp', 'answer', deps.config.secure, '/oidc/auth');

/** Tells the browser the secret. @returns its digest, for the result of the interaction */
export function giveProof(deps: OidcDeps, ctx: Context, returnTo: string): string {
  const proof = randomToken();
  setCookie(ctx, proofName(deps), proof, { secure: deps.config.secure, path: new URL(returnTo).pathname });
  return digestOf(proof);
}

/** Whether this is the browser that has proven who it is; whoever has its cookies from before is not. */
export function holdsProof(deps: OidcDeps, ctx: OidcContext, expected: string | undefined): boolean {
  return expected === undefined || proofOf(deps, ctx) === expected;
}

/** Has the answer written with the end of the interaction: both or neither. Only redirects are kept. */
export function keepAnswer(
  deps: OidcDeps,
  ctx: OidcContext,
  writes: Writes,
  expectedProof: string | undefined,
): void {
  const location = ctx.response.get('location');
  if (!writes.interactionEnd || location === '') return;
  const proof = proofOf(deps, ctx);
  if (proof === undefined || proof !== expectedProof) return;
  ctx.cookies.set(proofName(deps), null, { path: ctx.path });
  const cookies = [ctx.res.getHeader('set-cookie') ?? []].flat().map(String);
  const answer: Answer = { status: ctx.status, location, cookies };
  const { digest: id } = writes.interactionEnd;
  writes.interactionEnd.answer = deps.keyring.seal(
    PURPOSE,
    Buffer.from(JSON.stringify(answer)),
    contextOf(id, proof),
  );
}

/** Answers as the first time when the browser is the one that was answered. @returns whether it is */
export function repeatAnswer(deps: OidcDeps, provider: Provider, ctx: OidcContext, sealed: Buffer): boolean {
  const uid = resumedUid(ctx);
  if (uid === undefined) return false;
  if (ctx.cookies.get(provider.cookieName('resume'), { signed: true }) !== uid) return false;
  const proof = proofOf(deps, ctx);
  const answer = proof === undefined ? undefined : openAnswer(deps, sealed, contextOf(digest(uid), proof));
  if (!answer) return false;
  ctx.status = answer.status;
  ctx.set('location', answer.location);
  ctx.res.setHeader('set-cookie', answer.cookies);
  return true;
}

function openAnswer({ keyring }: OidcDeps, sealed: Buffer, context: string): Answer | undefined {
  try {
    return JSON.parse(keyring.open(PURPOSE, sealed, context).toString()) as Answer;
  } catch {
    return undefined; // another secret, or its master key left the ring within this half minute
  }
}

function proofOf(deps: OidcDeps, ctx: OidcContext): string | undefined {
  const proof = readCookie(ctx.req, proofName(deps));
  return proof === undefined ? undefined : digestOf(proof);
}

const digestOf = (proof: string): string => digest(proof).toString('hex');
const contextOf = (id: Buffer, proof: string): string => `${id.toString('hex')} ${proof}`;
