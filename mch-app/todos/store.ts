import { sql } from 'kysely';
import type { Db } from '#db/mch/tables.ts';
import type { CountedTodo, Todo } from './types.ts';

/** Counts everything that waits for one account, in one round trip. */
export async function countTodos(db: Db, todos: readonly Todo[]): Promise<CountedTodo[]> {
  if (todos.length === 0) return [];
  // several areas may have a part in the same to-do: a column is its place, not its number
  const columns = sql.join(todos.map(({ count }, at) => sql`${count} as ${sql.ref(`todo_${at}`)}`));
  const { rows } = await sql<Record<string, number>>`select ${columns}`.execute(db);
  return todos.map(({ count: _, ...todo }, at) => ({ ...todo, count: rows[0]?.[`todo_${at}`] ?? 0 }));
}
