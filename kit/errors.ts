/**
 * Something a person must be told. `code` is a locale key under `fault.*` and fixes the HTTP status;
 * `params` fill the message; `cause` reaches the log only.
 */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly params: Record<string, string | number>;

  constructor(code: FaultCode, params: Record<string, string | number> = {}, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause });
    this.name = 'Fault';
    this.code = code;
    this.params = params;
  }

  get status(): number {
    return FAULT_STATUS[this.code];
  }
}

/** Every fault a person can meet, and the HTTP status it has. */
export const FAULT_STATUS = {
  bad_request: 400,
  access_denied: 403,
  form_expired: 403,
  forbidden: 403,
  impersonated: 403,
  account_unavailable: 403,
  second_factor_missing: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  acting_account_changed: 409,
  interaction_expired: 410,
  body_too_large: 413,
  unsupported_media_type: 415,
  too_many_rows: 422,
  file_infected: 422,
  too_many_requests: 429,
  sign_in_failed: 502,
  system_not_admitted: 502,
  provider_not_trusted: 502,
  identity_provider_unavailable: 503,
  file_not_checked: 503,
  service_busy: 503,
  service_unavailable: 503,
  read_only: 503,
  subsystem_closed: 503,
} as const;

export type FaultCode = keyof typeof FAULT_STATUS;

/** A configuration that cannot work: reported as one plain sentence, exit code 1. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
