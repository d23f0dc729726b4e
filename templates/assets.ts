/**
 * The files a page needs beside itself, all but fonts held in memory with their compressed forms. An address carries a hash
 * of the content, so browsers keep it for good; during an update another replica's address is still answered.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Context, Middleware } from '#kit/http/context.ts';
import { findFonts } from './fonts.ts';

export interface Assets {
  /** The address of an asset. @throws Error when there is none of that name */
  url(name: string): string;
  /** Answers `/assets/**`. */
  middleware(): Middleware;
}

interface Asset {
  type: string;
  body: () => Buffer;
  compressed?: Record<'br' | 'gzip', () => Buffer>;
  etag: string;
}

const FOLDER = path.join(import.meta.dirname, 'assets');

/** In this order: later files may rely on earlier ones. */
const STYLESHEETS = [
  'tokens',
  'base',
  'controls',
  'content',
  'shell',
  'card',
  'sign-in',
  'home',
  'portal',
  'notices',
  'news',
  'public',
  'status',
  'account',
  'messages',
  'data-rights',
  'access-requests',
  'mch',
  'records',
  'desk',
  'office',
  'enrollment',
  'console',
  'console-list',
  'chart',
  'console-case',
  'console-review',
  'units',
  'console-sheets',
  'overlay',
  'letter',
  'print',
];

/** The name under which other sites link our style sheet; it stays when the content changes. */
const SHARED_STYLESHEET = '/assets/single-entry.css';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Reads and joins everything; a file is compressed when it is first asked for. */
export function loadAssets(): Assets {
  const own = new Map<string, Buffer>([['app.css', readStyles()]]);
  for (const folder of ['js', 'img']) {
    for (const file of readdirSync(path.join(FOLDER, folder))) {
      own.set(file, readFileSync(path.join(FOLDER, folder, file)));
    }
  }
  const fonts = findFonts();
  const ownVersion = hash([...own.values()]);
  const fontVersion = hash([fonts.css, fonts.version]);
  const versions = new Map<string, string>([['fonts.css', fontVersion]]);
  const assets = new Map<string, Asset>([['fonts.css', toAsset('fonts.css', fonts.css)]]);
  for (const [name, body] of own) {
    versions.set(name, ownVersion);
    assets.set(name, toAsset(name, body));
  }
  for (const [name, body] of fonts.slices) {
    versions.set(name, fontVersion);
    assets.set(name, { type: typeOf(name), body, etag: `"${fontVersion}"` });
  }
  const url = (name: string): string => {
    const version = versions.get(name);
    if (version === undefined) throw new Error(`no asset ${name}`);
    return `/assets/${version}/${name}`;
  };
  const shared = `@import url("${url('fonts.css')}");\n${String(own.get('app.css'))}`;
  const sharedAsset = toAsset('single-entry.css', Buffer.from(shared));

  return {
    url,
    middleware: () => async (ctx, next) => {
      if (!ctx.path.startsWith('/assets/')) return next();
      if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next();
      if (ctx.path === SHARED_STYLESHEET) return answer(ctx, sharedAsset, 'public, max-age=3600');
      const [, version, name = ''] = /^\/assets\/([\w-]+)\/([\w.-]+)$/.exec(ctx.path) ?? [];
      const asset = assets.get(name);
      if (!asset) return next();
      const current = versions.get(name) === version;
      answer(ctx, asset, current ? 'public, max-age=31536000, immutable' : 'public, max-age=60');
    },
  };
}

function readStyles(): Buffer {
  return Buffer.concat(STYLESHEETS.map((name) => readFileSync(path.join(FOLDER, 'css', `${name}.css`))));
}

function toAsset(name: string, body: Buffer): Asset {
  const asset = { type: typeOf(name), body: () => body, etag: `"${hash([body])}"` };
  if (body.length < 512) return asset;
  return {
    ...asset,
    compressed: {
      br: once(() => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })),
      gzip: once(() => gzipSync(body, { level: 9 })),
    },
  };
}

function typeOf(name: string): string {
  return TYPES[path.extname(name)] ?? 'application/octet-stream';
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function answer(ctx: Context, asset: Asset, cacheControl: string): void {
  ctx.set('Cache-Control', cacheControl);
  ctx.set('ETag', asset.etag);
  ctx.set('Vary', 'Accept-Encoding');
  // public files without a secret: the subsystems' pages may use our style sheet and fonts
  ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
  ctx.set('Access-Control-Allow-Origin', '*');
  ctx.status = 200;
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  ctx.type = asset.type;
  const encoding = ctx.acceptsEncodings('br', 'gzip', 'identity');
  if (asset.compressed && (encoding === 'br' || encoding === 'gzip')) {
    ctx.set('Content-Encoding', encoding);
    ctx.body = asset.compressed[encoding]();
  } else {
    ctx.body = asset.body();
  }
}

function hash(parts: Buffer[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('base64url').slice(0, 12);
}
