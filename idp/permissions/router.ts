import Router from '@koa/router';
import type { Context, RequestState } from '#kit/http/context.ts';
import type { Deed } from './deeds.ts';
import type { ConsoleCaller, ConsoleEntry, ConsoleGate } from './types.ts';

type RouteContext = Context & { params: Record<string, string> };
type Handler = (ctx: RouteContext, caller: ConsoleCaller) => Promise<void> | void;

/**
 * The only way to a page of the console: each route names the deed it is, and nobody gets in without it. What is
 * reached within the unit is for the handler to check with `reachOf`.
 */
export class ConsoleRouter {
  readonly entries: ConsoleEntry[] = [];
  readonly #router = new Router<RequestState>();
  readonly #gate: ConsoleGate;

  constructor(gate: ConsoleGate) {
    this.#gate = gate;
  }

  get(path: string, deed: Deed, handler: Handler): this {
    return this.#add('GET', path, deed, handler);
  }

  post(path: string, deed: Deed, handler: Handler): this {
    return this.#add('POST', path, deed, handler);
  }

  routes() {
    return this.#router.routes();
  }

  #add(method: ConsoleEntry['method'], path: string, deed: Deed, handler: Handler): this {
    this.entries.push({ method, path, deed });
    this.#router.register(path, [method], async (ctx) => {
      const caller = await this.#gate.enter(ctx, deed);
      if (caller) await handler(ctx, caller);
    });
    return this;
  }
}
