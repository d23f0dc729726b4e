import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const LABEL = 'entry';
const PIN = 'pin-7291';

export interface SoftHsm {
  /** For the environment of a replica. */
  env: NodeJS.ProcessEnv;
  /** Makes the token vanish for whoever opens it next, or come back. */
  setPresent(present: boolean): void;
  remove(): void;
}

/** A token of SoftHSM of its own. @param pinFile whether the PIN is given by a file */
export function makeSoftHsm(): SoftHsm {
  const folder = mkdtempSync(path.join(tmpdir(), 'softhsm-'));
  const [tokens, away] = [path.join(folder, 'tokens'), path.join(folder, 'away')];
  mkdirSync(tokens);
  const conf = path.join(folder, 'softhsm2.conf');
  writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const pinFile = path.join(folder, 'pin');
  writeFileSync(pinFile, `${PIN}\n`, { mode: 0o600 });
  execFileSync(
    'softhsm2-util',
    ['--init-token', '--free', '--label', LABEL, '--pin', PIN, '--so-pin', `so-${PIN}`],
    { env: { ...process.env, SOFTHSM2_CONF: conf }, stdio: 'ignore' },
  );
  return {
    env: {
      SOFTHSM2_CONF: conf,
      IDP_HSM_MODULE: MODULE,
      IDP_HSM_TOKEN: LABEL,
      IDP_HSM_PIN_FILE: pinFile,
      IDP_HSM_VARIABLES: 'SOFTHSM2_CONF',
    },
    setPresent(present) {
      if (present) {
        rmSync(tokens, { recursive: true });
        renameSync(away, tokens);
      } else {
        renameSync(tokens, away);
        mkdirSync(tokens);
      }
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
