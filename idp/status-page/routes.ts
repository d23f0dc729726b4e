import Router from '@koa/router';
import type { Clock } from '#kit/clock.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import type { Renderer } from '#templates/engine.ts';
import { pageNotices, type StatusBoard } from '../service-status/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import type { ServiceRecord } from './record.ts';
import { type SubsystemLine, statusJson, statusView } from './view.ts';

export interface StatusRouteDeps {
  record: ServiceRecord;
  board: StatusBoard;
  registry: ClientRegistry;
  renderer: Renderer;
  clock: Clock;
}

const CACHE = 'public, max-age=15';
const KEPT_MS = 5000;

/**
 * `/status` for people, `/status.json` for programs: the same for everybody, from memory, drawn anew every five
 * seconds at most. It stands before whatever closes the portal.
 */
export function statusRoutes(deps: StatusRouteDeps): Router<RequestState> {
  const { record, board, clock, renderer } = deps;
  const router = new Router<RequestState>();
  const drawn = new Map<string, { html: string; until: number }>();

  const draw = (ctx: Context): string => {
    const { locale } = ctx.state;
    const isClosed = board.restriction()?.window.mode === 'closed';
    const { lines, windows } = pageNotices(board, deps.registry, locale, true);
    const page = { locale, path: '/status', app: 'idp' as const, closed: isClosed };
    const view = statusView(record.known(), listSubsystems(deps, locale), windows, locale, clock());
    return renderer.page('idp/status', { ...page, notices: { lines, windows: [] } }, view);
  };

  router.get('/status', (ctx) => {
    const { locale } = ctx.state;
    const now = performance.now();
    let kept = drawn.get(locale);
    if (!kept || kept.until < now) {
      kept = { html: draw(ctx), until: now + KEPT_MS };
      drawn.set(locale, kept);
    }
    ctx.set('Cache-Control', CACHE);
    ctx.vary('Accept-Language');
    ctx.vary('Cookie');
    ctx.type = 'html';
    ctx.body = kept.html;
  });
  router.get('/status.json', (ctx) => {
    ctx.set('Cache-Control', CACHE);
    ctx.set('Access-Control-Allow-Origin', '*');
    ctx.body = statusJson(record.known(), clock());
  });
  return router;
}

function listSubsystems({ registry, board }: StatusRouteDeps, locale: 'zh-TW' | 'en'): SubsystemLine[] {
  const lines = new Map<string, SubsystemLine>();
  for (const { clientId, active, subsystem } of registry.list()) {
    if (!subsystem || !active) continue;
    const line = lines.get(subsystem.code) ?? {
      name: subsystem.name[locale],
      clientIds: [],
      isClosed: board.restriction(subsystem.code)?.window.mode === 'closed',
    };
    line.clientIds.push(clientId);
    lines.set(subsystem.code, line);
  }
  return [...lines.values()].sort((a, b) => a.name.localeCompare(b.name, locale));
}
