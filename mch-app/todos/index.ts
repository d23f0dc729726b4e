/**
 * The to-do list: what waits for the account one acts as, each line with the list it is dealt with in. Lines are
 * told by the areas; a line of nothing is shown too. It counts all of them in one statement and decides nothing.
 */
export { showTodos } from './routes.ts';
export { countTodos, countTodosBeside } from './store.ts';
export { viewTodos } from './view.ts';
export type { CountedTodo, Todo, TodoSystem } from './types.ts';
