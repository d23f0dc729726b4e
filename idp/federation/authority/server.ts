import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import path from 'node:path';
import type { Clock } from '#kit/clock.ts';
import { type Ask, type Jwks, type Resolver, createResolver } from '../trust-chain/index.ts';
import { type Answer, answerAuthority } from './answer.ts';
import { readKeys } from './key-store.ts';
import { type ReviewedFile, readReviewedFile } from './reviewed-file.ts';
import { type Authority, publicKeys } from './statements.ts';

const MOST_FORM_BYTES = 128 * 1024;
const CACHE_SECONDS = 300;
const NOT_FOUND = { status: 404, type: 'application/json', body: '{"error":"not_found"}' };
const FAILED = { status: 500, type: 'application/json', body: '{"error":"server_error"}' };
const TOO_LARGE = { status: 413, type: 'application/json', body: '{"error":"invalid_request"}' };

/** Where what was published lies, and nothing else of an authority. */
export function publishedFile(folder: string): string {
  return path.join(folder, 'published.json');
}

/** An authority as its folder has it; read again when a file of it changed. @throws ConfigurationError */
export async function openAuthority(folder: string): Promise<() => Promise<Authority>> {
  const read = async (): Promise<Authority> => ({
    file: readReviewedFile(await readFile(publishedFile(folder), 'utf8')),
    keys: await readKeys(folder),
  });
  const stamp = async (): Promise<string> => {
    const files = [publishedFile(folder), path.join(folder, 'keys.json')];
    const states = await Promise.all(files.map((file) => stat(file)));
    return states.map(({ mtimeMs, ino }) => `${mtimeMs} ${ino}`).join();
  };
  let known = await stamp();
  let authority = await read();
  return async () => {
    const now = await stamp();
    if (now !== known) {
      authority = await read();
      known = now;
    }
    return authority;
  };
}

/** Chains to itself and to the anchors its file names; its own statements it does not ask the network for. */
export function authorityResolver(authority: Authority, ask: Ask, clock: Clock): Resolver {
  const { file, keys } = authority;
  const anchors = new Map<string, Jwks>(Object.entries(file.trustAnchors));
  if (file.authorityHints.length === 0) anchors.set(file.entityId, publicKeys(keys, clock()) as Jwks);
  const none = () => Promise.reject(new Error());
  const nobody: Resolver = {
    ...{ resolve: none, resolveGiven: none, statementAbout: none },
    marksOf: () => Promise.resolve([]),
  };
  const isOwn = (url: URL): boolean => `${url.href}/`.startsWith(`${file.entityId.replace(/\/$/, '')}/`);
  const askOthers: Ask = async (url, limits, posted) => {
    if (!isOwn(url)) return ask(url, limits, posted);
    const question = { method: posted ? 'POST' : 'GET', url, form: posted ?? new URLSearchParams() };
    return (await answerAuthority(authority, question, clock(), nobody)) ?? NOT_FOUND;
  };
  return createResolver({ ask: askOthers, clock, anchors });
}

/** Answers an authority's federation endpoints (OpenID Federation 1.0 §8, §9). */
export function authorityListener(
  current: () => Promise<Authority>,
  { ask, clock, tell }: { ask: Ask; clock: Clock; tell: (error: unknown) => void },
): RequestListener {
  let kept: { file: ReviewedFile; resolver: Resolver } | undefined;
  const answer = async (req: IncomingMessage): Promise<Answer> => {
    const authority = await current();
    if (kept?.file !== authority.file)
      kept = { file: authority.file, resolver: authorityResolver(authority, ask, clock) };
    const base = new URL(authority.file.entityId).origin;
    if (!URL.canParse(req.url ?? '', base)) return NOT_FOUND;
    const text = req.method === 'POST' ? await readText(req) : '';
    if (text === undefined) return TOO_LARGE;
    const question = {
      ...{ method: req.method === 'HEAD' ? 'GET' : (req.method ?? ''), form: new URLSearchParams(text) },
      url: new URL(req.url ?? '', base),
    };
    return (await answerAuthority(authority, question, clock(), kept.resolver)) ?? NOT_FOUND;
  };
  return (req, res) => {
    const send = ({ status, type, body }: Answer): void => {
      const isKept = status === 200 && req.method !== 'POST';
      const cache = isKept ? `public, max-age=${CACHE_SECONDS}` : 'no-store';
      const length = Buffer.byteLength(body);
      const safety = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'" };
      res.writeHead(status, {
        'content-type': type,
        'content-length': length,
        'cache-control': cache,
        ...safety,
      });
      res.end(req.method === 'HEAD' ? undefined : body);
    };
    answer(req).then(send, (error: unknown) => {
      tell(error);
      send(FAILED);
    });
  };
}

async function readText(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_FORM_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
