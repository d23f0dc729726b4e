import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Freshness } from '#kit/freshness.ts';
import { type Admission, type Stage, retryAfterSeconds } from '#kit/http/admission.ts';
import { negotiateLocale } from '#kit/http/locale.ts';
import { pacedBy } from '#kit/http/pace.ts';
import { setSecurityHeaders } from '#kit/http/security-headers.ts';
import { randomToken } from '#kit/random.ts';
import type { Renderer } from '#templates/engine.ts';

export interface FrontDeps {
  config: { secure: boolean };
  renderer: Renderer;
  fresh: Freshness;
  admission: Admission;
}

/** Answered whatever happens: what balancers and relying parties judge us by, and what a page is made of. */
const ALWAYS = /^\/(healthz|readyz|assets\/|\.well-known\/|oidc\/jwks)/;
const PUBLISHED = /^\/(\.well-known\/|oidc\/jwks)/;
const BEGINNINGS = new Set(['/oidc/auth', '/oidc/par', '/oidc/device_authorization', '/sign-in']);
/** The protocol's addresses that people see; programs call the others. */
const PAGES = /^\/(?!oidc\/|api\/)|^\/oidc\/(auth|session|device(?!_))/;
/** Five hundred forms a second are more than one process can answer. */
const FORM_GAP_MS = 2;
/** The published keys wait so long for a look whether they are still the newest. */
const LOOK_MS = 200;

/**
 * What stands in front of every request: nobody is answered from memory that is older than it may be, and beyond what
 * one process can do, people and programs are told at once to come back instead of waiting until all fails.
 */
export function front(deps: FrontDeps, answerNow: RequestListener): RequestListener {
  const paced = pacedBy(FORM_GAP_MS);
  return (req, res) => {
    const path = (req.url ?? '/').split('?', 1)[0] ?? '/';
    // a crowd sends forms; programs and whoever reads a page go on between them
    const isForm = req.method === 'POST' && PAGES.test(path);
    const answer: RequestListener = isForm ? () => paced(() => answerNow(req, res)) : answerNow;
    if (ALWAYS.test(path)) {
      const stale = PUBLISHED.test(path) ? deps.fresh.whenFresh() : undefined;
      if (!stale) return answer(req, res);
      return void Promise.race([stale.catch(() => {}), sleep(LOOK_MS)]).then(() => answer(req, res));
    }
    const stage: Stage = BEGINNINGS.has(path) && req.method !== 'PUT' ? 'beginning' : 'going_on';
    if (!deps.admission.admit(req, res, stage)) return refuse(deps, req, res, path, 'service_busy');
    const stale = deps.fresh.whenFresh();
    if (!stale) return answer(req, res);
    void stale.then(
      () => answer(req, res),
      () => refuse(deps, req, res, path, 'service_unavailable'),
    );
  };
}

function refuse(
  { config, renderer }: FrontDeps,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  code: 'service_busy' | 'service_unavailable',
): void {
  const requestId = randomToken(9);
  setSecurityHeaders(res, config.secure);
  res.statusCode = 503;
  res.setHeader('Retry-After', String(retryAfterSeconds()));
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('X-Request-Id', requestId);
  const accept = req.headers.accept ?? '';
  if (!PAGES.test(path) || (accept.includes('json') && !accept.includes('html'))) {
    res.setHeader('Content-Type', 'application/json; charset=utf-8');
    res.setHeader('Access-Control-Allow-Origin', '*'); // nothing but the advice to come back
    const protocol = { error: 'temporarily_unavailable', error_description: 'please try again' };
    const own = { error: code, request_id: requestId };
    res.end(JSON.stringify(path.startsWith('/oidc/') ? protocol : own));
    return;
  }
  const query = new URLSearchParams(req.url?.split('?')[1]);
  const again =
    req.method === 'GET'
      ? { url: req.url ?? '/', key: 'common.try-again' }
      : { url: '/', key: 'common.to-home' };
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.end(
    renderer.page(
      'idp/error',
      { locale: negotiateLocale(req, query), path: req.url ?? '/', app: 'idp' },
      { code, params: {}, status: 503, requestId, wayOn: again },
    ),
  );
}
