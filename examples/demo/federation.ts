import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeJwt } from 'jose';
import { runAuthorityCommand } from '#idp/federation/authority/index.ts';
import { systemClock } from '#kit/clock.ts';
import { federatedManifest, makePrivateKeys, privateKeys, publicKeys } from '#mch/federation/index.ts';
import mchManifest from '#mch/manifest.json' with { type: 'json' };
import type { Program } from './process.ts';
import type { Settings } from './settings.ts';

/** The chain of trust of the demo: a ministry, a county below it, and the MCH system below that. */
export interface Federation {
  authorities: Program;
  /** The reviewed file by which the single entry is in the federation and believes its anchor. */
  settings: string;
  /** The manifest of the MCH system, whose client comes by its chain. */
  manifest: string;
  /** What the MCH system is told. */
  mch: Record<string, string>;
  /** The ministry vouches for the single entry, once that says which keys it signs with. */
  vouchFor(singleEntry: string): Promise<void>;
}

/**
 * Makes the keys of the three at the first start, and says anew at each who vouches for whom: the files under review are
 * `ministry.json`, `county.json`, `single-entry.json` and `mch.json` in `federation` of the data folder.
 */
export async function prepareFederation(
  { dataDir, ports }: Settings,
  mchOrigin: string,
): Promise<Federation> {
  const folder = path.join(dataDir, 'federation');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const run = (...args: string[]): Promise<string> =>
    runAuthorityCommand({ clock: systemClock, print: () => {}, until: Promise.resolve() }, args);
  const keysOf = async (name: string): Promise<object> => {
    const state = path.join(folder, name);
    if (!existsSync(path.join(state, 'keys.json'))) await run('init', state);
    return JSON.parse(await run('keys', state)) as object;
  };
  const write = (name: string, file: object): string => {
    const reviewed = path.join(folder, `${name}.json`);
    writeFileSync(reviewed, `${JSON.stringify(file, undefined, 2)}\n`);
    return reviewed;
  };
  const publish = async (name: string, file: object): Promise<void> => {
    await run('publish', path.join(folder, name), write(name, file));
  };

  const at = (name: string): string => `http://localhost:${ports.federation}/${name}`;
  const [ministry, county] = [at('ministry'), at('county')];
  const mark = `${ministry}/marks/subsystem`;
  const mine = {
    federation: await mchKeys(path.join(folder, 'mch-federation.json')),
    client: await mchKeys(path.join(folder, 'mch-client.json')),
  };
  const [ministryKeys, countyKeys] = [await keysOf('ministry'), await keysOf('county')];
  const publishMinistry = async (provider: object): Promise<void> =>
    publish('ministry', {
      ...{ entityId: ministry, organizationName: 'Demonstration Ministry' },
      constraints: { max_path_length: 1, naming_constraints: { permitted: ['localhost'] } },
      metadataPolicy: {
        openid_relying_party: {
          token_endpoint_auth_method: { one_of: ['private_key_jwt'], essential: true },
          grant_types: { subset_of: mchManifest.client.grant_types },
          scope: { subset_of: mchManifest.client.scope.split(' ') },
        },
      },
      trustMarkIssuers: { [mark]: [ministry] },
      trustMarks: [{ type: mark, subjects: [mchOrigin] }],
      subordinates: [
        {
          ...{ entityId: county, jwks: countyKeys },
          ...{ entityTypes: ['federation_entity'], intermediate: true },
        },
        provider,
      ],
    });
  await publish('county', {
    ...{ entityId: county, organizationName: 'Demonstration County', authorityHints: [ministry] },
    trustAnchors: { [ministry]: ministryKeys },
    subordinates: [
      {
        ...{ entityId: mchOrigin, entityTypes: ['openid_relying_party'] },
        jwks: publicKeys(privateKeys.parse(mine.federation)),
      },
    ],
  });
  return {
    authorities: {
      name: 'authorities',
      args: ['examples/demo/authorities.ts', String(ports.federation), folder],
      env: { NODE_COMPILE_CACHE: path.join(dataDir, 'compile-cache'), ...process.env },
    },
    settings: write('single-entry', {
      ...{ organizationName: 'Demonstration Single Entry', authorityHints: [ministry] },
      trustAnchors: [{ entityId: ministry, jwks: ministryKeys }],
    }),
    manifest: write('mch', federatedManifest(mchOrigin, mark, ministry)),
    mch: {
      MCH_CLIENT_ID: mchOrigin,
      MCH_FEDERATION_KEYS: mine.federation,
      MCH_CLIENT_KEYS: mine.client,
      MCH_AUTHORITY_HINTS: county,
      MCH_TRUST_MARKS: mark,
      MCH_TRUST_MARK_ISSUER: ministry,
      MCH_ORGANIZATION: 'Demonstration Health Bureau',
      MCH_TRUST_ANCHORS: JSON.stringify({ [ministry]: ministryKeys }),
    },
    async vouchFor(singleEntry) {
      // elsewhere somebody brings them on paper; here both are on this machine
      const told = await (await fetch(`${singleEntry}/.well-known/openid-federation`)).text();
      const { jwks } = decodeJwt(told);
      await publishMinistry({ entityId: singleEntry, jwks, entityTypes: ['openid_provider'] });
    },
  };
}

/** Keys of the MCH system, made once and readable by their owner only. */
async function mchKeys(file: string): Promise<string> {
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(await makePrivateKeys()), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
