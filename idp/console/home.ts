import type { Renderer } from '#templates/engine.ts';
import { translate } from '#templates/locales.ts';
import {
  type ConsoleCaller,
  type ConsoleGate,
  ConsoleRouter,
  type Deed,
  reachOf,
} from '../permissions/index.ts';
import { placesOf } from './places.ts';

/** Work that waits: how much of it is the caller's, and the filtered list it leads to. */
export interface WorkList {
  key: string;
  url: string;
  deed: Deed;
  count(caller: ConsoleCaller): Promise<{ count: number; overdue: number }>;
}

export interface ConsoleHomeDeps {
  renderer: Renderer;
  console: ConsoleGate;
  work: WorkList[];
}

/** The console's home: the work that waits first, then everything there is. */
export function consoleHomeRoutes({ renderer, console, work }: ConsoleHomeDeps): ConsoleRouter {
  return new ConsoleRouter(console).get('/console', 'console.enter', async (ctx, caller) => {
    const mine = work.filter(({ deed }) => reachOf(caller, deed));
    const counts = await Promise.all(mine.map((list) => list.count(caller)));
    ctx.type = 'html';
    ctx.body = renderer.page('idp/console-home', console.page(ctx, caller), {
      greeting: translate(ctx.state.locale, 'console.greeting', { name: caller.personName }),
      work: mine.map(({ key, url }, at) => ({ key, url, count: 0, overdue: 0, ...counts[at] })),
      places: placesOf(caller).map(({ key, places }) => ({
        key,
        places: places.map((place) => ({ key: place.key, url: place.url })),
      })),
    });
  });
}
