import type { Db } from '#db/idp/tables.ts';
import { HOUR, MINUTE, after } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import {
  type PublishedKey,
  openKey,
  orderForPublication,
  signCompact,
  stateOf,
} from '../../signing-keys/index.ts';
import { signEntityConfiguration } from './entity.ts';
import { resolverFor } from './service/judge.ts';
import { type Registrar, type RegistrarDeps, createRegistrar } from './service/registrar.ts';
import { tendFederationKeys } from './service/tend-keys.ts';
import { type FederationSettings, parseSettings } from './settings.ts';
import { listFederationKeys } from './store/keys.ts';
import { findSettings } from './store/settings.ts';
import type { OpenKeys } from './types.ts';

/** What this replica knows of our place in a federation. */
export interface Federation extends Registrar {
  /** undefined: we are in none. */
  settings(): FederationSettings | undefined;
  /** Signed once for a while; no request waits for the database. */
  entityConfiguration(metadata: Record<string, unknown>): Promise<string>;
  /** Reads settings and keys again: on a change, and now and then. */
  refresh(): Promise<void>;
  /** Follows the life of our own keys; see `tendFederationKeys`. */
  tendKeys(): Promise<void>;
}

export interface FederationDeps extends RegistrarDeps {
  keyring: Keyring;
}

/** Loads what was applied, and the keys. */
export async function openFederation(deps: FederationDeps): Promise<Federation> {
  const { db, clock, config } = deps;
  let settings: FederationSettings | undefined;
  let version = 0;
  let open: OpenKeys = { keys: [], stamp: '' };
  let signed: { stamp: string; until: Date; token: Promise<string> } | undefined;

  const refresh = async (): Promise<void> => {
    const found = await findSettings(db);
    if (found?.version !== version) settings = found && parseSettings(found.document);
    version = found?.version ?? 0;
    if (settings) open = await readKeys(deps, open);
  };
  await refresh();

  return {
    ...createRegistrar(
      deps,
      () => settings,
      async (typ, claims) => signCompact(signerOf(open), typ, claims),
    ),
    settings: () => settings,
    refresh,
    async tendKeys() {
      const current = await currentSettings(db);
      if (!current) return;
      await tendFederationKeys({ ...deps, issuer: config.issuer }, current, resolverFor(deps, current));
    },
    entityConfiguration(metadata) {
      if (!settings) throw new Error('there is no federation');
      const now = clock();
      const stamp = `${version} ${open.stamp} ${JSON.stringify(metadata)}`;
      if (signed?.stamp !== stamp || signed.until <= now) {
        const { keys } = open;
        const token = signEntityConfiguration({ issuer: config.issuer, settings, keys }, metadata, now);
        const mine = { stamp, until: after(now, keptMs(settings)), token };
        token.catch(() => {
          if (signed === mine) signed = undefined;
        });
        signed = mine;
      }
      return signed.token;
    },
  };
}

function signerOf({ keys: [signer] }: OpenKeys): PublishedKey {
  if (!signer) throw new Error('no federation key signs');
  return signer;
}

/** What was applied, as it stands in the database. */
export async function currentSettings(db: Db): Promise<FederationSettings | undefined> {
  const found = await findSettings(db);
  return found && parseSettings(found.document);
}

/** So long that signing costs nothing, so short that whoever asks gets most of its life. */
function keptMs({ statementHours }: FederationSettings): number {
  return Math.min(10 * MINUTE, (statementHours * HOUR) / 10);
}

/** Private keys are opened anew only when the picture has changed. */
async function readKeys(deps: FederationDeps, before: OpenKeys): Promise<OpenKeys> {
  const now = deps.clock();
  const published = orderForPublication(await listFederationKeys(deps.db, now), now);
  const stamp = published.map((key) => `${key.kid}:${stateOf(key, now)}`).join(' ');
  return stamp === before.stamp ? before : { keys: published.map((key) => openKey(deps, key)), stamp };
}
