/** What is known when a browser asks to enter a subsystem. */
export interface ChoiceRequest {
  /** The account picked on the sign-in journey's own page. */
  picked: string | undefined;
  /** The `account` parameter, or the account a `login_hint` handle stands for. */
  wanted: string | undefined;
  /** Picked at the portal a moment ago, for a client that drops the hint. */
  next: string | undefined;
  /** The account already acting in this session at this client. */
  current: string | undefined;
  /** `prompt=select_account` that no page has answered yet. */
  mustAsk: boolean;
  candidates: { id: string; requiredAcr: string | undefined }[];
  /** The authentication context class of the session. */
  acr: string | undefined;
}

export type Choice =
  | { kind: 'account'; id: string }
  | { kind: 'ask' }
  | { kind: 'none' }
  | { kind: 'stronger_sign_in'; id: string; acr: string };

export interface SwitchRequest {
  /** Whether the client's subsystem lets it exchange tokens. */
  exchangeAllowed: boolean;
  /** The target, when it exists, is active, bound, this person's and this client's subsystem's. */
  target: { id: string; requiredAcr: string | undefined } | undefined;
  acr: string | undefined;
}

export type SwitchDecision =
  | { allowed: true }
  | { allowed: false; reason: 'exchange_not_allowed' | 'target_not_available' }
  | { allowed: false; reason: 'stronger_sign_in_needed'; acr: string };
