import type { AreaFrame } from '#templates/views/records.ts';
import type { Handler, SignedInContext } from '../sessions/index.ts';
import type { ShowPage } from '../shell/index.ts';
import type { CountedTodo } from './types.ts';
import { viewTodos } from './view.ts';

export interface TodoPages {
  show: ShowPage;
  frameOf(ctx: SignedInContext): AreaFrame;
  todosOf(ctx: SignedInContext): CountedTodo[];
}

/** GET of the to-do list: every line, those of nothing too. */
export function showTodos({ show, ...pages }: TodoPages): Handler {
  return async (ctx) => {
    const todos = viewTodos(pages.todosOf(ctx), ctx.state.locale);
    show(ctx, 'mch-app/todos', { ...pages.frameOf(ctx), todos });
  };
}
