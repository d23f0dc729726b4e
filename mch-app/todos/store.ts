import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#db/mch/tables.ts';
import type { CountedTodo, Todo } from './types.ts';

/** Counts everything that waits for one account, in one round trip. */
export async function countTodos(db: Db, todos: readonly Todo[]): Promise<CountedTodo[]> {
  return (await countTodosBeside(db, todos, {})).todos;
}

/** The same, with other columns of one row fetched in that round trip. */
export async function countTodosBeside<Beside extends Record<string, unknown>>(
  db: Db,
  todos: readonly Todo[],
  beside: { [Name in keyof Beside]: RawBuilder<Beside[Name]> },
): Promise<{ todos: CountedTodo[]; beside: Beside }> {
  // several areas may have a part in the same to-do: a column is its place, not its number
  const columns = [
    ...todos.map(({ count }, at) => sql`${count} as ${sql.ref(`todo_${at}`)}`),
    ...Object.entries(beside).map(([name, value]) => sql`${value} as ${sql.ref(name)}`),
  ];
  if (columns.length === 0) return { todos: [], beside: {} as Beside };
  const { rows } = await sql<Record<string, unknown>>`select ${sql.join(columns)}`.execute(db);
  const row = rows[0] ?? {};
  return {
    todos: todos.map(({ count: _, ...todo }, at) => ({ ...todo, count: Number(row[`todo_${at}`] ?? 0) })),
    beside: row as Beside,
  };
}
