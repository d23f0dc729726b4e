import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { HcaWorld } from './hca.ts';

/** Settings for a replica that trusts this world's cards, and what removes their files again. */
export function cardSettingsOf(hca: HcaWorld): {
  env: Record<string, string>;
  folder: string;
  remove(): void;
} {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hca-'));
  const pem = (name: string, authority: HcaWorld['root']): string => {
    const file = path.join(folder, name);
    writeFileSync(file, authority.certificate.toString('pem'));
    return file;
  };
  return {
    folder,
    env: {
      IDP_HCA_ANCHORS: pem('root.pem', hca.root),
      IDP_HCA_INTERMEDIATES: pem('ca.pem', hca.ca),
      IDP_HCA_REVOCATION_HOSTS: new URL(hca.base).host,
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
