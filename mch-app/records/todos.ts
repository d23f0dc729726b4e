import { listAddress, type ListRequest } from '#kit/list.ts';
import type { Todo, TodoSystem } from '../todos/index.ts';
import type { Area } from './area.ts';
import { taipeiDay } from '#kit/clock.ts';
import { listDefinition, withFallbacks } from './lists.ts';
import { countOf } from './store/list.ts';
import { countOfReport } from './store/report.ts';
import type { Actor } from './types.ts';

/** What waits in an area: what the list of a kind, or a derived list, shows with these filters. */
export type AreaTodo = {
  /** As the catalogue numbers it; its label is `todo.<id>`. */
  id: string;
  /** Another label, where an area has two parts in one number. */
  label?: string;
  system: TodoSystem;
  menuRoles: readonly string[];
  filters: Readonly<Record<string, string>>;
} & ({ kind: string; /** Where, of a kind that stands at two places. */ at?: string } | { report: string });

/** The lines of all areas for an account that holds these menu roles: what is counted is what the list shows. */
export function todosOf(
  areas: readonly Area[],
  actor: Actor,
  menuRoles: readonly string[],
  now: Date,
): Todo[] {
  return areas.flatMap((area) =>
    area.todos
      .filter((todo) => todo.menuRoles.some((role) => menuRoles.includes(role)))
      .flatMap((todo) => {
        const { id, system, filters } = todo;
        const [chinese = '', english = ''] = area.labels[todo.label ?? `todo.${id}`] ?? [];
        const target = targetOf(area, todo, actor, now);
        if (!target || chinese === '' || english === '')
          throw new Error(`the to-do ${id} of ${area.path} is not whole`);
        if (!actor.rights(target.path).includes('R')) return [];
        const request: ListRequest = {
          filters,
          faults: [],
          sort: target.sort,
          descending: target.descending,
        };
        const label = { 'zh-TW': chinese, en: english };
        return [{ id, system, label, url: listAddress(`/${target.path}`, request), count: target.count }];
      }),
  );
}

/** Where a to-do leads, in the order that list has by itself, and how much it would show there. */
function targetOf(area: Area, todo: AreaTodo, actor: Actor, now: Date) {
  const { filters } = todo;
  if ('report' in todo) {
    const report = area.reports.find(({ path }) => path === todo.report);
    const today = taipeiDay(now);
    return (
      report && {
        path: report.path,
        sort: 'position',
        descending: false,
        count: countOfReport(report, {
          scope: actor.scope,
          filters: withFallbacks(report, filters, today),
          today,
        }),
      }
    );
  }
  const kind = [...area.kinds, ...(area.alsoAt ?? [])].find(
    ({ key, path }) => key === todo.kind && (todo.at === undefined || todo.at === path),
  );
  if (!kind) return undefined;
  const { defaultSort: sort, defaultDescending: descending = false } = listDefinition(kind);
  return { path: kind.path, sort, descending, count: countOf(kind, actor.scope, filters, now) };
}
