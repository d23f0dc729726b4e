import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { writeXlsx } from 'hucre/xlsx';
import { SignJWT, createLocalJWKSet, exportJWK, generateKeyPair } from 'jose';
import { errors } from 'oidc-provider';
import { openAccountHandle, makeAccountHandle } from '#idp/account-switching/index.ts';
import { readSigned } from '#idp/authenticators/hca-card/signature.ts';
import { assertClaimsParameter } from '#idp/oidc/claims-parameter.ts';
import { placeOf } from '#idp/oidc/storage/artefact-id.ts';
import { createVerifyJwt } from '#idp/oidc/token-exchange/subject.ts';
import type { OidcDeps } from '#idp/oidc/types.ts';
import { readManifest } from '#idp/subsystems/index.ts';
import { UnreadableFile } from '#idp/unit-register/decode.ts';
import { parseRegister } from '#idp/unit-register/parse.ts';
import { Fault } from '#kit/errors.ts';
import { recogniseFile, safeFileName } from '#kit/file-type.ts';
import type { Context } from '#kit/http/context.ts';
import { readCookie } from '#kit/http/cookies.ts';
import { readForm } from '#kit/http/form.ts';
import { negotiateLocale } from '#kit/http/locale.ts';
import { callerAddress } from '#kit/http/request.ts';
import { streamUpload } from '#kit/http/stream-upload.ts';
import { readUploadForm } from '#kit/http/upload.ts';
import { UnreadableTable, readTable } from '#kit/import/table.ts';
import { createKeyring } from '#kit/keyring.ts';
import { parseList, sealCursor } from '#kit/list.ts';
import { nationalIdKind, normaliseNationalId } from '#kit/taiwan/identifiers.ts';
import { readIdentity, readProfile } from '#mch/relying-party/claims.ts';
import { verifyLogoutToken } from '#kit/logout-token.ts';
import { startHca } from '../support/hca.ts';
import type { Target } from './engine.ts';
import { federationTargets } from './federation-targets.ts';
import { askingTargets } from './asking-targets.ts';

const ISSUER = 'https://entry.example';
const NOW = new Date('2026-11-22T04:00:00Z');
const SECONDS = NOW.getTime() / 1000;
const MANIFESTS = path.resolve(import.meta.dirname, '../protocol/manifests');
const BOUNDARY = 'fuzzed';
const texts = (...all: string[]): Buffer[] => all.map((text) => Buffer.from(text));

/** A refusal of one of these kinds is what the parser is for. */
async function refusing(kinds: (new (...args: never[]) => Error)[], run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!kinds.some((kind) => error instanceof kind)) throw error;
  }
}

const contextOf = (headers: Record<string, string>, body: Buffer): Context =>
  ({
    is: () => true,
    get: (name: string) => headers[name] ?? '',
    req: Object.assign(Readable.from([body]), { headers }),
    state: {},
  }) as unknown as Context;

/** As far as Node lets it in. */
export const headerOf = (input: Buffer): string =>
  input.toString('latin1').replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '');

const requestOf = (headers: Record<string, string>): IncomingMessage =>
  ({ headers, socket: { remoteAddress: '::1' } }) as unknown as IncomingMessage;

/** Every parser of what somebody outside wrote that can be called by itself. */
export async function parserTargets(): Promise<Target[]> {
  const made = await Promise.all([fileTargets(), tokenTargets(), cardTargets(), federationTargets()]);
  return [...made.flat(), ...requestTargets(), ...askingTargets()];
}

async function fileTargets(): Promise<Target[]> {
  const limits = { rows: 200, columns: 20, cell: 400 };
  const rows = [
    ['名稱', 'b'],
    ['=1', 2],
    ['王', new Date(NOW)],
  ];
  const workbook = Buffer.from(await writeXlsx({ sheets: [{ name: 'x', rows }] }));
  const register =
    '機構代碼,機構名稱,單位類別,縣市代碼,鄉鎮市區代碼\n0123456789,"臺北, 醫院",hospital,63000,63000010\n';
  return [
    {
      name: 'manifest',
      seeds: ['lab', 'service', 'bound'].map((name) => readFileSync(path.join(MANIFESTS, `${name}.json`))),
      run: (input) => readManifest(input.toString(), { RP_ORIGIN: 'https://rp.example' }),
    },
    {
      name: 'table of an import, CSV or Excel',
      seeds: [...texts('a,b\n1,"2""\n3"\n', '名稱;代碼\r\n王;1\r\n'), workbook],
      run: (input) => refusing([UnreadableTable], () => readTable(input, limits)),
    },
    {
      name: 'register of units',
      seeds: texts(register),
      run: (input) =>
        refusing([UnreadableFile], async () => {
          for await (const row of parseRegister(Readable.from([input]), () => {})) if (!row) break;
        }),
    },
    {
      name: 'kind and name of a file',
      seeds: [...texts('%PDF-1.7', 'a,b\n'), workbook],
      run: (input) => {
        const name = input.subarray(0, 40).toString();
        recogniseFile(`${name}.xlsx`, input);
        safeFileName(name);
      },
    },
  ];
}

async function tokenTargets(): Promise<Target[]> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' };
  const sign = (typ: string, claims: Record<string, unknown>) =>
    new SignJWT({
      iss: ISSUER,
      iat: SECONDS,
      exp: SECONDS + 300,
      sub: 's',
      aud: 'mch-app',
      jti: 'j',
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', typ, kid: 'k' })
      .sign(privateKey);
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const access = await sign('at+jwt', {
    client_id: 'c',
    scope: 'a b',
    grant: 'g',
    act: { sub: 'x', act: { sub: 'y' } },
  });
  const logout = await sign('logout+jwt', { events: event, sid: 's' });
  const deps = { config: { issuer: ISSUER }, clock: () => NOW } as OidcDeps;
  const key = {
    ...{ kid: 'k', alg: 'ES256' as const, publicJwk: jwk, privateJwk: undefined },
    sign: () => Promise.reject(new Error()),
  };
  const verify = createVerifyJwt(deps, [key]);
  const keys = createLocalJWKSet({ keys: [jwk] });
  const expected = { issuer: ISSUER, clientId: 'mch-app', alg: 'ES256', typed: true, now: NOW };
  const account = {
    id: 'a',
    binding: 'b',
    unit: { code: 'c', name: 'n', kind: '', county: '', town: '' },
    role: 'r',
    duty: 'd',
    menu_roles: [],
  };
  const asked = '{"id_token":{"acr":{"values":["a"]},"email":null},"userinfo":{"name":{"essential":true}}}';
  return [
    { name: 'JWT access token', seeds: texts(access, logout), run: (input) => verify(input.toString()) },
    {
      name: 'logout token at a relying party',
      seeds: texts(logout, access),
      run: async (input) => {
        await verifyLogoutToken(input.toString(), keys, expected);
      },
    },
    {
      name: 'claims parameter',
      seeds: texts(asked),
      run: (input) =>
        refusing([errors.OIDCProviderError, SyntaxError], () => {
          const claims: unknown = JSON.parse(input.toString());
          if (typeof claims === 'object' && claims !== null) assertClaimsParameter(claims, 'openid email');
        }),
    },
    {
      name: 'claims at a relying party',
      seeds: texts(
        JSON.stringify({ iss: ISSUER, sub: 's', subsystem_account: account, name: 'n', accounts: [account] }),
      ),
      run: (input) =>
        refusing([SyntaxError], () => {
          const claims: unknown = JSON.parse(input.toString());
          readIdentity(claims, 'mch-app');
          readProfile(claims);
        }),
    },
  ];
}

async function cardTargets(): Promise<Target[]> {
  const hca = await startHca(() => NOW);
  await hca.close();
  const message = Buffer.from('message');
  const card = await hca.institution('0123456789');
  const encoded = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('base64'));
  const empty = { nonce: 'n', certificate: '', signature: '', cms: '' };
  const { certificate } = card;
  const signature = card.sign(message).toString('base64');
  return [
    {
      name: 'certificate of a card',
      seeds: [certificate],
      run: (input) => readSigned({ ...empty, certificate: input.toString('base64'), signature }, message),
    },
    {
      name: 'PKCS#7 of a card',
      seeds: [await card.cms(message), await card.cms(message, { detached: true })],
      run: (input) => readSigned({ ...empty, cms: input.toString('base64') }, message),
    },
    {
      name: 'answer of a card component',
      seeds: [encoded(certificate), encoded(await card.cms(message))],
      run: (input) => readSigned({ ...empty, cms: input.toString('latin1') }, message),
    },
  ];
}

function requestTargets(): Target[] {
  const keyring = createKeyring(Buffer.alloc(32, 7).toString('base64'));
  const list = {
    name: 'l',
    filters: { q: {}, day: { isDay: true as const } },
    sorts: ['name', 'at'] as const,
    defaultSort: 'name' as const,
  };
  const first = parseList(list, 'q=a', keyring);
  const cursor = sealCursor('l', first, { value: 'v', id: 'i' }, keyring);
  const handle = makeAccountHandle(keyring, () => NOW, 'a', 'b');
  const type = `multipart/form-data; boundary=${BOUNDARY}`;
  const part = (disposition: string, body: string): string =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${body}\r\n`;
  const file = part('name="file"; filename="a.csv"', 'a,b\n1,2');
  const form = texts(`${part('name="note"', '王')}${file}--${BOUNDARY}--\r\n`);
  const drain = async (incoming: { bytes: AsyncIterable<Buffer> }): Promise<number> => {
    let size = 0;
    for await (const chunk of incoming.bytes) size += chunk.length;
    return size;
  };
  return [
    {
      name: 'list and its cursor',
      seeds: texts(`q=a&after=${cursor}`, 'q=%E7%8E%8B&day=2026-02-28&sort=-at'),
      run: (input) => refusing([Fault], () => parseList(list, input.toString(), keyring)),
    },
    {
      name: 'account handle',
      seeds: texts(handle),
      run: (input) => openAccountHandle(keyring, () => NOW, input.toString()),
    },
    { name: 'token id', seeds: texts(`m00ab12${'A'.repeat(43)}`), run: (input) => placeOf(input.toString()) },
    {
      name: 'upload',
      seeds: form,
      run: (input) =>
        refusing([Fault], () => readUploadForm(contextOf({ 'content-type': type }, input), 'file', 9000)),
    },
    {
      name: 'upload while it comes in',
      seeds: form,
      run: (input) =>
        refusing([Fault], () =>
          streamUpload(contextOf({ 'content-type': type }, input), 'file', 9000, drain),
        ),
    },
    {
      name: 'boundary of an upload',
      seeds: texts(type),
      run: (input) =>
        refusing([Fault], () =>
          readUploadForm(contextOf({ 'content-type': headerOf(input) }, form[0] ?? input), 'file', 9000),
        ),
    },
    {
      name: 'form',
      seeds: texts('a=1&b=%E7%8E%8B&b=2&c[]=x'),
      run: (input) =>
        refusing([Fault], async () => {
          const read = await readForm(contextOf({}, input));
          read.all('b');
          read.get('b');
        }),
    },
    {
      name: 'cookies, languages, addresses',
      seeds: texts('lang=en; idp_session=a.b; idp_session.sig=c', 'zh-TW,zh;q=0.9,en;q=0.8', '10.0.0.1, ::1'),
      run: (input) => {
        const text = headerOf(input);
        const headers = { cookie: text, 'accept-language': text, 'x-forwarded-for': text };
        readCookie(requestOf(headers), 'idp_session');
        negotiateLocale(requestOf(headers), new URLSearchParams({ ui_locales: text }));
        callerAddress(requestOf(headers), 2);
      },
    },
    {
      name: 'ID number',
      seeds: texts('A123456789', 'Ａ１２３４５６７８９'),
      run: (input) => nationalIdKind(normaliseNationalId(input.toString()), NOW),
    },
  ];
}
