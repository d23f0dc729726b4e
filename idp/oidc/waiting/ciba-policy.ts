/*
 * What a client may say in a backchannel authentication request (OpenID Connect CIBA Core 1.0 §7.1). Each rule
 * answers with why not, or with undefined.
 */

const LONGEST_MESSAGE = 64;
/** Letters, digits, marks, punctuation, money, plain spaces, the circle of names half told: nothing that hides, turns or breaks a line. */
const PLAIN = /^[\p{L}\p{M}\p{N}\p{P}\p{Sc} +=<>|~^○]+$/u;
const ADDRESS = /:\/\/|www\./i;

/** What a binding message, shown on both devices, may look like. */
export function refuseBindingMessage(message: string): string | undefined {
  if (Array.from(message).length > LONGEST_MESSAGE)
    return `binding_message must have ${LONGEST_MESSAGE} characters at most`;
  if (!PLAIN.test(message)) return 'binding_message must be plain text in one line';
  return ADDRESS.test(message) ? 'binding_message must not be an address' : undefined;
}

/** 128 bits (CIBA §7.1) do not fit into fewer characters of a bearer token. */
const LEAST_TOKEN = 22;

export function refuseNotificationToken(token: string): string | undefined {
  return token.length < LEAST_TOKEN ? 'client_notification_token must have 128 bits at least' : undefined;
}

const SHORTEST_SECONDS = 30;

/** How long a request waits: as long as the client wishes, within our bounds. */
export function waitingSeconds(wished: unknown, longest: number): number {
  const seconds = Number(wished ?? longest);
  if (!Number.isSafeInteger(seconds)) return longest;
  return Math.min(Math.max(seconds, Math.min(SHORTEST_SECONDS, longest)), longest);
}
