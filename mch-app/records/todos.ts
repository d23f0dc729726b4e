import { listAddress, type ListRequest } from '#kit/list.ts';
import type { Todo, TodoSystem } from '../todos/index.ts';
import type { Area } from './area.ts';
import { listDefinition } from './lists.ts';
import { countOf } from './store/list.ts';
import type { Actor } from './types.ts';

/** What waits in an area: the records of a kind that its list shows with these filters. */
export interface AreaTodo {
  /** As the catalogue numbers it; its label is `todo.<id>`. */
  id: string;
  system: TodoSystem;
  menuRoles: readonly string[];
  kind: string;
  filters: Readonly<Record<string, string>>;
}

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
      .map(({ id, system, kind: key, filters }) => {
        const kind = area.kinds.find((one) => one.key === key);
        const [chinese = '', english = ''] = area.labels[`todo.${id}`] ?? [];
        if (!kind || chinese === '' || english === '')
          throw new Error(`the to-do ${id} of ${area.path} is not whole`);
        const { defaultSort: sort, defaultDescending: descending = false } = listDefinition(kind);
        const request: ListRequest = { filters, faults: [], sort, descending };
        return {
          id,
          system,
          label: { 'zh-TW': chinese, en: english },
          url: listAddress(`/${kind.path}`, request),
          count: countOf(kind, actor.scope, filters, now),
        };
      }),
  );
}
