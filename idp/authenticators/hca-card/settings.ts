import { z } from 'zod';
import { list, section } from '#kit/settings.ts';
import type { CardSettings } from './types.ts';

const oid = String.raw`(sda|subject):\d+(\.\d+)+`;
const sources = (fallback: string, also: string) =>
  list(fallback).refine((values) => values.every((value) => new RegExp(`^(${oid}${also})$`).test(value)), {
    message: 'names attributes as subject:OID or sda:OID',
  });

export const cards = section({
  title: 'HCA cards',
  settings: {
    IDP_HCA_ANCHORS: list().describe(
      'files (PEM or DER, comma between) of the authorities that are trusted: the root (GRCA), or better the issuers of the cards alone, which keeps other cards of the same root out; without any no card is taken',
    ),
    IDP_HCA_INTERMEDIATES: list().describe(
      'files of certificates between cards and anchors; not trusted by themselves',
    ),
    IDP_HCA_REVOCATION_HOSTS: list('hcaocsp.nat.gov.tw,hca.nat.gov.tw,grca.nat.gov.tw').describe(
      '`host[:port]` of the only servers asked about revocation, whatever a certificate names; open the firewall to them',
    ),
    IDP_HCA_OCSP_URL: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('for cards that name no OCSP server themselves'),
    IDP_HCA_CRL_URL: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('for cards that name no revocation list themselves'),
    IDP_HCA_UNIT_SOURCES: sources(
      'sda:2.16.886.1.100.2.102,subject:2.5.4.5,subject:2.5.4.11,registry',
      '|registry',
    ).describe(
      "where an institution's code is read, first found counts: `sda:OID` (subjectDirectoryAttributes), `subject:OID`, `registry`",
    ),
    IDP_HCA_PERSON_SOURCES: sources('sda:2.16.886.1.100.2.51,subject:2.5.4.5', '').describe(
      "where a person's ID number, or its last four digits, is read",
    ),
    IDP_HCA_VIRTUAL_CARDS: z
      .string()
      .min(1)
      .optional()
      .describe("a folder with an authority of the demo's own; refused outside the demo"),
  },
});

/** The settings as the verifier takes them. */
export function cardSettings(env: z.output<z.ZodObject<typeof cards.settings>>): CardSettings {
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
