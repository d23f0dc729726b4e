import type { Db } from '#db/mch/tables.ts';
import type { AreaFrame } from '#templates/views/records.ts';
import { listReminders } from '../notices/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../sessions/index.ts';
import type { ShowPage } from '../shell/index.ts';
import type { CountedTodo } from './types.ts';
import { viewTodos } from './view.ts';

export interface TodoPages {
  db: Db;
  show: ShowPage;
  frameOf(ctx: SignedInContext): AreaFrame;
  todosOf(ctx: SignedInContext): CountedTodo[];
}

const MOST_MAILS = 60;

/** GET of the to-do list: every line, those of nothing too; or the log of the mails that reminded of them. */
export function showTodos({ db, show, ...pages }: TodoPages): Handler {
  return async (ctx) => {
    const { locale } = ctx.state;
    const isMail = new URLSearchParams(ctx.querystring).get('tab') === 'mail';
    const mails = isMail ? await listReminders(db, sessionOf(ctx).account.id, MOST_MAILS) : [];
    show(ctx, 'mch-app/todos', {
      ...pages.frameOf(ctx),
      tab: isMail ? 'mail' : 'work',
      todos: viewTodos(pages.todosOf(ctx), locale),
      mails: mails.map(({ at, lines, outcome }) => ({
        at,
        lines: lines.map(({ label, count }) => ({ label: label[locale], count })),
        stateKey: `todos.mail-${outcome ?? 'queued'}`,
        tone: outcome === 'sent' ? 'success' : outcome === null ? 'info' : 'warning',
      })),
    });
  };
}
