import type Provider from 'oidc-provider';
import { digest } from '#kit/random.ts';
import type { Writes } from './storage/writes.ts';
import type { OidcContext, OidcDeps } from './types.ts';

/*
 * The way back from a sign-in ends the interaction and hands out a session and a code. When that answer is lost, with
 * the replica that made it or on the wire, whoever asks again gets the very same one: sealed, for half a minute, and
 * only the browser that holds the interaction's signed cookie, which the answer takes away when it arrives.
 */
const PURPOSE = 'resume-answer';
const RESUME = /^\/oidc\/auth\/([\w-]{1,64})$/;

interface Answer {
  status: number;
  location: string;
  cookies: string[];
}

/** The interaction a request comes back from. */
export function resumedUid(ctx: OidcContext): string | undefined {
  return RESUME.exec(ctx.path)?.[1];
}

/** Has the answer written with the end of the interaction: both or neither. Only redirects are kept. */
export function keepAnswer(deps: OidcDeps, ctx: OidcContext, writes: Writes): void {
  const location = ctx.response.get('location');
  if (!writes.interactionEnd || location === '') return;
  const cookies = [ctx.res.getHeader('set-cookie') ?? []].flat().map(String);
  const answer: Answer = { status: ctx.status, location, cookies };
  const { digest: id } = writes.interactionEnd;
  writes.interactionEnd.answer = deps.keyring.seal(
    PURPOSE,
    Buffer.from(JSON.stringify(answer)),
    id.toString('hex'),
  );
}

/** Answers as the first time when the browser is the one that was answered. @returns whether it is */
export function repeatAnswer(deps: OidcDeps, provider: Provider, ctx: OidcContext, sealed: Buffer): boolean {
  const uid = resumedUid(ctx);
  if (uid === undefined) return false;
  if (ctx.cookies.get(provider.cookieName('resume'), { signed: true }) !== uid) return false;
  const answer = openAnswer(deps, sealed, uid);
  if (!answer) return false;
  ctx.status = answer.status;
  ctx.set('location', answer.location);
  ctx.res.setHeader('set-cookie', answer.cookies);
  return true;
}

function openAnswer({ keyring }: OidcDeps, sealed: Buffer, uid: string): Answer | undefined {
  try {
    return JSON.parse(keyring.open(PURPOSE, sealed, digest(uid).toString('hex')).toString()) as Answer;
  } catch {
    return undefined; // its master key left the ring within this half minute
  }
}
