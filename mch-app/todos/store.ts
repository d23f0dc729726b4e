import { sql } from 'kysely';
import type { Db } from '#db/mch/tables.ts';
import type { CountedTodo, Todo } from './types.ts';

/** Counts everything that waits for one account, in one round trip. */
export async function countTodos(db: Db, todos: readonly Todo[]): Promise<CountedTodo[]> {
  if (todos.length === 0) return [];
  const columns = sql.join(todos.map(({ count, id }) => sql`${count} as ${sql.ref(id)}`));
  const { rows } = await sql<Record<string, number>>`select ${columns}`.execute(db);
  return todos.map(({ count: _, ...todo }) => ({ ...todo, count: rows[0]?.[todo.id] ?? 0 }));
}
