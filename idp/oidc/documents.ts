import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setSecurityHeaders } from '#kit/http/security-headers.ts';

const PATHS = new Set([
  '/oidc/jwks',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
]);

/**
 * Discovery and JWKS. They are the same for everyone as long as one Provider is in use, so its first answer is
 * kept and sent again without going through it.
 */
export class PublicDocuments {
  readonly #secure: boolean;
  readonly #maxAgeSeconds: number;
  readonly #stampOf: () => unknown;
  #stamp: unknown;
  readonly #documents = new Map<string, { body: Buffer; type: string; etag: string }>();

  /** @param stampOf what they tell of beside the keys: with another stamp they are made anew */
  constructor(secure: boolean, maxAgeSeconds: number, stampOf: () => unknown) {
    this.#secure = secure;
    this.#maxAgeSeconds = maxAgeSeconds;
    this.#stampOf = stampOf;
  }

  keep(path: string, body: unknown, type: string): void {
    if (!PATHS.has(path)) return;
    this.#forgetOld();
    const bytes = Buffer.from(JSON.stringify(body));
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    this.#documents.set(path, { body: bytes, type, etag });
  }

  /** @returns whether the request was answered */
  answer(req: IncomingMessage, res: ServerResponse): boolean {
    if (req.method !== 'GET' && req.method !== 'HEAD') return false;
    this.#forgetOld();
    const document = this.#documents.get(req.url ?? '');
    if (!document) return false;
    setSecurityHeaders(res, this.#secure);
    res.setHeader('Cache-Control', `public, max-age=${this.#maxAgeSeconds}`);
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    res.setHeader('Access-Control-Allow-Origin', '*');
    res.setHeader('ETag', document.etag);
    if (req.headers['if-none-match'] === document.etag) {
      res.statusCode = 304;
      res.end();
      return true;
    }
    res.setHeader('Content-Type', document.type);
    res.setHeader('Content-Length', document.body.length);
    res.end(req.method === 'HEAD' ? undefined : document.body);
    return true;
  }

  #forgetOld(): void {
    const stamp = this.#stampOf();
    if (stamp !== this.#stamp) this.#documents.clear();
    this.#stamp = stamp;
  }
}
