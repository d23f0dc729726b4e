import { z } from 'zod';
import type { HsmSettings } from '#kit/pkcs11/hsm.ts';
import { SECRET, list, section, whole } from '#kit/settings.ts';

export const hsm = section({
  title: 'Signing keys in an HSM',
  settings: {
    IDP_HSM_MODULE: z
      .string()
      .min(1)
      .optional()
      .describe("the vendor's PKCS #11 library: new signing keys are made in the HSM and never leave it"),
    IDP_HSM_TOKEN: z.string().min(1).max(32).optional().describe('the label of the token in it'),
    IDP_HSM_PIN: z.string().min(1).optional().describe('the PIN of its user').meta(SECRET),
    IDP_HSM_SESSIONS: whole(2, 32).describe('sessions that sign at the same time, each a process of its own'),
    IDP_HSM_TIMEOUT_MS: whole(5000, 60_000).describe('milliseconds an answer of it may take'),
    IDP_HSM_VARIABLES: list().describe(
      'names of environment variables that the library wants, separated by commas; it sees no others',
    ),
  },
  check(values, complain) {
    const named = ['IDP_HSM_MODULE', 'IDP_HSM_TOKEN', 'IDP_HSM_PIN'] as const;
    if (named.every((name) => values[name] === undefined)) return;
    for (const name of named) if (values[name] === undefined) complain(name, 'is needed for an HSM');
  },
});

interface Values {
  IDP_HSM_MODULE?: string | undefined;
  IDP_HSM_TOKEN?: string | undefined;
  IDP_HSM_PIN?: string | undefined;
  IDP_HSM_SESSIONS: number;
  IDP_HSM_TIMEOUT_MS: number;
  IDP_HSM_VARIABLES: string[];
}

/** What the settings say, when there is an HSM. @param environment of which the named variables are handed on */
export function hsmSettings(values: Values, environment: NodeJS.ProcessEnv): HsmSettings | undefined {
  const { IDP_HSM_MODULE: modulePath, IDP_HSM_TOKEN: label, IDP_HSM_PIN: pin } = values;
  if (modulePath === undefined || label === undefined || pin === undefined) return undefined;
  const handed = values.IDP_HSM_VARIABLES.map((name) => [name, environment[name] ?? ''] as const);
  return {
    ...{ modulePath, label, pin },
    sessions: values.IDP_HSM_SESSIONS,
    timeoutMs: values.IDP_HSM_TIMEOUT_MS,
    environment: Object.fromEntries(handed),
  };
}
