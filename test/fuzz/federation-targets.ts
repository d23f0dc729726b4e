import { readReviewedFile } from '#idp/federation/authority/index.ts';
import {
  TrustFault,
  readStatement,
  readTrustMark,
  validateChain,
} from '#idp/federation/trust-chain/index.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { ANCHOR, CLINIC, NOW, POLICY, federationWorld } from '../idp/federation-world.ts';
import type { Target } from './engine.ts';

/** Whatever is not said in `kinds` is a finding. */
async function refusing(kind: new (...args: never[]) => Error, run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
  }
}

/** What other entities of a federation say, and the file an authority is published from. */
export async function federationTargets(): Promise<Target[]> {
  const world = await federationWorld();
  const { tokens } = await world.resolver().resolve(CLINIC);
  const mark = world.clinicClaims.trust_marks[0]?.trust_mark ?? '';
  const payloadOf = (token: string): string => Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  const head = tokens[0]?.split('.')[0] ?? '';
  const file = { entityId: ANCHOR, organizationName: 'Ministry', metadataPolicy: POLICY };
  return [
    {
      name: 'entity statement',
      seeds: tokens.map((token) => Buffer.from(token)),
      run: (input) => refusing(TrustFault, () => readStatement(input.toString(), NOW)),
    },
    {
      name: 'claims of an entity statement',
      seeds: tokens.map((token) => Buffer.from(payloadOf(token))),
      run: (input) =>
        refusing(TrustFault, () => readStatement(`${head}.${input.toString('base64url')}.c2ln`, NOW)),
    },
    {
      name: 'trust chain',
      seeds: [Buffer.from(tokens.join('\n'))],
      run: (input) =>
        refusing(TrustFault, () => validateChain(input.toString().split('\n'), world.anchors, NOW)),
    },
    {
      name: 'trust mark',
      seeds: [Buffer.from(mark)],
      run: (input) => refusing(TrustFault, () => readTrustMark(input.toString())),
    },
    {
      name: 'reviewed file of an authority',
      seeds: [Buffer.from(JSON.stringify(file))],
      run: (input) => refusing(ConfigurationError, () => readReviewedFile(input.toString())),
    },
  ];
}
