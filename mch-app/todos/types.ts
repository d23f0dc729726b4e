import type { RawBuilder } from 'kysely';
import type { Locale } from '#kit/http/locale.ts';

/** Which of the former systems a to-do comes from. */
export type TodoSystem = 'child' | 'mch' | 'maternal' | 'system';

/** One line of the to-do list, for one account: what waits and where it is dealt with. */
export interface Todo {
  /** As the catalogue numbers it, e.g. `T07`. */
  id: string;
  system: TodoSystem;
  label: Readonly<Record<Locale, string>>;
  /** The list of exactly what is counted. */
  url: string;
  /** Part of a statement: how much waits. */
  count: RawBuilder<number>;
}

export interface CountedTodo extends Omit<Todo, 'count'> {
  count: number;
}
