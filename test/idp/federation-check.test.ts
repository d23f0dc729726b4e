import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  authorityListener,
  makeKey,
  publicKeys,
  readReviewedFile,
  runAuthorityCommand,
} from '#idp/federation/authority/index.ts';
import { askWorld } from '#idp/federation/trust-chain/index.ts';
import { type Serving, serve } from '#kit/http/serve.ts';
import { METADATA, NOW, POLICY, SECONDS, signAs } from './federation-world.ts';

const ANCHOR = 'http://localhost:4999';

describe('idp authority check: three levels over sockets', () => {
  let folder: string;
  let serving: Serving;
  let clinicSays: (claims?: object) => Promise<void>;
  const lines: string[] = [];
  const run = (...args: string[]) =>
    runAuthorityCommand(
      { clock: () => NOW, print: (line) => void lines.push(line), until: Promise.resolve() },
      args,
    );
  const state = (): string => path.join(folder, 'anchor');
  const county = (): string => `http://localhost:${serving.port}/county`;
  const clinic = (): string => `http://localhost:${serving.port}/clinic`;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'authority-'));
    await run('init', state());
    const anchorKeys = JSON.parse(await run('keys', state())) as object;
    const [countyKey, clinicKey] = [await makeKey(NOW), await makeKey(NOW)];
    let answer: Parameters<typeof serve>[0] = () => {};
    let configuration = '';
    serving = await serve((req, res) => {
      if (req.url !== '/clinic/.well-known/openid-federation') {
        answer(req, res);
        return;
      }
      res.setHeader('content-type', 'application/entity-statement+jwt');
      res.end(configuration);
    }, 0);
    const below = (entityId: string, key: typeof countyKey, entityTypes: string[]) => ({
      ...{ entityId, entityTypes, jwks: publicKeys([key], NOW) },
    });
    const countyFile = {
      ...{ entityId: county(), organizationName: 'County', authorityHints: [ANCHOR] },
      ...{ trustAnchors: { [ANCHOR]: anchorKeys } },
      subordinates: [below(clinic(), clinicKey, ['openid_relying_party'])],
    };
    const authority = { file: readReviewedFile(JSON.stringify(countyFile)), keys: [countyKey] };
    const deps = { ask: askWorld(true), clock: () => NOW, tell: () => {} };
    answer = authorityListener(() => Promise.resolve(authority), deps);
    const anchorFile = {
      ...{ entityId: ANCHOR, organizationName: 'Ministry', metadataPolicy: POLICY },
      subordinates: [below(county(), countyKey, ['federation_entity'])],
    };
    await writeFile(path.join(folder, 'anchor.json'), JSON.stringify(anchorFile));
    await run('publish', state(), path.join(folder, 'anchor.json'));
    clinicSays = async (claims) => {
      const own = { iss: clinic(), sub: clinic(), iat: SECONDS, exp: SECONDS + 60 };
      const more = { jwks: publicKeys([clinicKey], NOW), authority_hints: [county()], metadata: METADATA };
      configuration = await signAs(clinicKey, 'entity-statement+jwt', { ...own, ...more, ...claims });
    };
    await clinicSays();
  });
  afterAll(async () => {
    await serving.stop();
    await rm(folder, { recursive: true });
  });

  it('prints the path, its end and the metadata it comes to', async () => {
    const metadata = JSON.parse(await run('check', state(), clinic(), '--private-networks')) as object;
    expect(metadata).toMatchObject({ openid_relying_party: { grant_types: ['authorization_code'] } });
    expect(lines.at(-1)).toBe(`# ${clinic()} < ${county()} < ${ANCHOR}, until 2026-11-23T04:01:00.000Z`);
  });

  it('names the rule that is broken, and asks nobody inside the network without leave', async () => {
    await clinicSays({ exp: SECONDS - 1 });
    await expect(run('check', state(), clinic(), '--private-networks')).rejects.toThrow(
      'no chain holds: expired',
    );
    await clinicSays({ metadata: { openid_relying_party: { token_endpoint_auth_method: 'none' } } });
    const broken = 'no chain holds: policy: token_endpoint_auth_method one_of';
    await expect(run('check', state(), clinic(), '--private-networks')).rejects.toThrow(broken);
    await expect(run('check', state(), clinic())).rejects.toThrow('no chain holds: unreachable');
    await expect(run('check', path.join(folder, 'none'), clinic())).rejects.toThrow('cannot be read');
  });
});
