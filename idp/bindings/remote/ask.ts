import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { SECOND, after } from '#kit/clock.ts';
import { askAbroad } from '#kit/http/outbound.ts';
import { randomToken } from '#kit/random.ts';
import { signStatement } from '../../signing-keys/index.ts';
import type { BindingDeps } from '../service/deps.ts';

const TYP = 'subsystem-account-verification+jwt';
const LIVES_MS = 60 * SECOND;
const TIMEOUT_MS = 5 * SECOND;
const MAX_BYTES = 16 * 1024;

const code = z.string().min(1).max(40);
const answerSchema = z.discriminatedUnion('proven', [
  z.object({ proven: z.literal(false) }),
  z.object({
    proven: z.literal(true),
    /** The one spelling of the account's name there. */
    account: z.string().regex(/^[\x21-\x7e]{1,64}$/),
    holder: z.base64url().length(43),
    unit: z.string().min(1).max(20),
    role: code,
    duty: code,
    menu_roles: z.array(code).max(100),
  }),
]);

export type ProvenAccount = Extract<z.infer<typeof answerSchema>, { proven: true }>;

/** The subsystem gives no answer that can be used: nobody's wrong guess. */
export class NoAnswer extends Error {}

/**
 * Asks a subsystem whether a password is right for an account of its own. The request is signed with the
 * provider's key, good for a minute, once, for this endpoint and this body alone; `salt` is what the answer proves
 * the holder's ID number with.
 * @throws NoAnswer when none comes within five seconds that reads as one
 */
export async function askSubsystem(
  deps: Pick<BindingDeps, 'db' | 'clock' | 'keyring' | 'config'>,
  endpoint: string,
  asked: { account: string; password: string },
): Promise<{ answer: { proven: false } | ProvenAccount; salt: Buffer }> {
  const salt = randomBytes(16);
  const body = JSON.stringify({ ...asked, holder_salt: salt.toString('base64url') });
  const now = deps.clock();
  const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
  const statement = await signStatement(deps, TYP, {
    iss: deps.config.issuer,
    aud: endpoint,
    iat: seconds(now),
    exp: seconds(after(now, LIVES_MS)),
    jti: randomToken(),
    body_sha256: createHash('sha256').update(body).digest('base64url'),
  });
  try {
    const url = new URL(endpoint);
    const answered = await askAbroad(url, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${statement}` },
      body,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      privateNetworks: deps.config.privateNetworks,
    });
    if (answered.status !== 200) throw new NoAnswer(`answered ${answered.status}`);
    return { answer: answerSchema.parse(JSON.parse(answered.body)), salt };
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer('no usable answer', { cause: error });
  }
}
