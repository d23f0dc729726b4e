import { z } from 'zod';
import type { CardSettings } from './types.ts';

const list = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
const oid = String.raw`(sda|subject):\d+(\.\d+)+`;
const sources = (fallback: string, also: string) =>
  list(fallback).refine((values) => values.every((value) => new RegExp(`^(${oid}${also})$`).test(value)), {
    message: 'names attributes as subject:OID or sda:OID',
  });

/** The settings of HCA cards: see docs/operating.md. */
export const CARD_ENVIRONMENT = {
  IDP_HCA_ANCHORS: list(''),
  IDP_HCA_INTERMEDIATES: list(''),
  IDP_HCA_REVOCATION_HOSTS: list('hcaocsp.nat.gov.tw,hca.nat.gov.tw,grca.nat.gov.tw'),
  IDP_HCA_OCSP_URL: z.url({ protocol: /^https?$/ }).optional(),
  IDP_HCA_CRL_URL: z.url({ protocol: /^https?$/ }).optional(),
  IDP_HCA_UNIT_SOURCES: sources(
    'sda:2.16.886.1.100.2.102,subject:2.5.4.5,subject:2.5.4.11,registry',
    '|registry',
  ),
  IDP_HCA_PERSON_SOURCES: sources('sda:2.16.886.1.100.2.51,subject:2.5.4.5', ''),
  /** A folder with a CA of its own, whose cards the demo's pages hold themselves. */
  IDP_HCA_VIRTUAL_CARDS: z.string().min(1).optional(),
};

/** The settings as the verifier takes them. */
export function cardSettings(env: z.output<z.ZodObject<typeof CARD_ENVIRONMENT>>): CardSettings {
  return {
    anchors: env.IDP_HCA_ANCHORS,
    intermediates: env.IDP_HCA_INTERMEDIATES,
    revocationHosts: env.IDP_HCA_REVOCATION_HOSTS,
    ocspUrl: env.IDP_HCA_OCSP_URL,
    crlUrl: env.IDP_HCA_CRL_URL,
    unitSources: env.IDP_HCA_UNIT_SOURCES,
    personSources: env.IDP_HCA_PERSON_SOURCES,
  };
}
