import type { z } from 'zod';

/** What is wrong with a manifest at one place; the words are `manifest-fault.<key>`. */
export interface ManifestFault {
  /** Names and positions joined by dots; '' is the whole. */
  path: string;
  key: ManifestFaultKey;
  params: Record<string, string | number>;
}

export type ManifestFaultKey =
  | 'not_json'
  | 'not_set'
  | 'missing'
  | 'wrong_type'
  | 'bad_address'
  | 'bad_form'
  | 'too_few'
  | 'too_many'
  | 'not_one_of'
  | 'unknown_field'
  | 'private_key'
  | 'reserved'
  | 'repeated'
  | 'undeclared'
  | 'exchange_disagrees'
  | 'backchannel_disagrees'
  | 'unreachable'
  | 'needs_keys'
  | 'keys_twice'
  | 'keys_for_requests'
  | 'no_assertions'
  | 'one_certificate_name'
  | 'needs_certificate'
  | 'bound_twice'
  | 'no_certificates_here'
  | 'no_encryption_key'
  | 'no_key_of_ours'
  | 'profile_forbids'
  | 'public_client'
  | 'sector_needed'
  | 'sector_disagrees'
  | 'readiness_role'
  | 'first_party_only'
  | 'fixed'
  | 'taken';

const OWN_KEYS: readonly string[] = ['bad_address', 'private_key', 'reserved'];

export function fault(
  path: string,
  key: ManifestFaultKey,
  params: Record<string, string | number> = {},
): ManifestFault {
  return { path, key, params };
}

/** The schema's findings in our words, one for each place. */
export function toFaults(error: z.ZodError): ManifestFault[] {
  const all = error.issues.flatMap(toFault);
  return all.filter(
    ({ path, key }, at) => all.findIndex((other) => other.path === path && other.key === key) === at,
  );
}

function toFault(issue: z.core.$ZodIssue): ManifestFault[] {
  const path = issue.path.join('.');
  const at = (name: string): string => [path, name].filter(Boolean).join('.');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((name) => fault(at(name), 'unknown_field'));
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? [fault(path, 'missing')]
        : [fault(path, 'wrong_type', { expected: issue.expected })];
    case 'too_small':
      return [fault(path, 'too_few', { limit: Number(issue.minimum) })];
    case 'too_big':
      return [fault(path, 'too_many', { limit: Number(issue.maximum) })];
    case 'invalid_value':
      return [fault(path, 'not_one_of', { values: issue.values.join(', ') })];
    case 'invalid_union':
      return [fault(path, 'not_one_of', { values: 'local, remote' })];
    case 'invalid_format':
      return [fault(path, issue.format === 'url' ? 'bad_address' : 'bad_form')];
    case 'custom':
      return [fault(path, OWN_KEYS.includes(issue.message) ? (issue.message as 'reserved') : 'bad_form')];
    default:
      return [fault(path, 'bad_form')];
  }
}
