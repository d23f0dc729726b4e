import type { Db } from '#db/idp/tables.ts';
import { Fault } from '#kit/errors.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { type ConsoleGate, ConsoleRouter } from '../permissions/index.ts';
import { removeFilter, saveFilter } from './store.ts';

const MAX_NAME = 20;
const MAX_QUERY = 1000;

/** Keeping and dropping filters of lists; back to the list after each. */
export function savedFilterRoutes(deps: { db: Db; console: ConsoleGate }): ConsoleRouter {
  const router = new ConsoleRouter(deps.console);

  router.post('/console/saved-filters', 'console.enter', async (ctx, caller) => {
    const form = await readForm(ctx);
    const list = listOf(form.get('list'));
    const path = pathOf(form.get('path'));
    const name = form.get('name').normalize('NFC').replaceAll(/\s+/gu, ' ').trim();
    const query = new URLSearchParams(form.get('query').slice(0, MAX_QUERY));
    query.delete('after');
    query.delete('national_id'); // whom somebody looked for is kept nowhere
    const isKept =
      name !== '' &&
      Array.from(name).length <= MAX_NAME &&
      (await saveFilter(deps.db, caller.accountId, list, { name, query: query.toString() }));
    query.set('done', isKept ? 'filter-saved' : 'filter-not-saved');
    seeOther(ctx, `${path}?${query.toString()}`);
  });

  router.post('/console/saved-filters/removal', 'console.enter', async (ctx, caller) => {
    const form = await readForm(ctx);
    await removeFilter(deps.db, caller.accountId, listOf(form.get('list')), form.get('name'));
    seeOther(ctx, `${pathOf(form.get('path'))}?done=filter-removed`);
  });
  return router;
}

function listOf(text: string): string {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(text)) throw new Fault('bad_request');
  return text;
}

/** A page of the console and nothing else. */
function pathOf(text: string): string {
  if (!/^\/console(\/[a-z0-9-]+)*$/.test(text)) throw new Fault('bad_request');
  return text;
}
