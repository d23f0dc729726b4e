import { scrypt } from 'node:crypto';

const COST = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/**
 * What proves an ID number without telling it: scrypt over a salt of this one request, so that whoever reads the
 * answer could try all numbers there are only at the cost of years.
 */
export function holderProof(nationalId: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(nationalId, salt, 32, COST, (error, proof) => (error ? reject(error) : resolve(proof)));
  });
}
