import type { Locale } from '#kit/http/locale.ts';
import type { TodoLine } from '#templates/views/records.ts';
import type { CountedTodo } from './types.ts';

/** The lines as they are shown, in the order of the systems they come from. */
export function viewTodos(todos: readonly CountedTodo[], locale: Locale): TodoLine[] {
  return todos.map(({ system, label, url, count }) => ({
    key: `todos.system-${system}`,
    label: label[locale],
    url,
    count,
  }));
}
