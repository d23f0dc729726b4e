/**
 * Forms that were sent after their session had ended: kept a quarter of an hour for the person and account the session
 * was of, and shown again, filled in, when they are back. It owns `kept_form`: one sealed row an account of a person.
 *
 *   sent too late ──► kept ──► shown again, once
 *                       ├── another sent too late: in its place
 *                       └── a quarter of an hour ──► gone
 *
 * It refuses forms of an account other than the ended session's, files, what no page of ours can show again, and to send
 * anything by itself: the person looks at the form and sends it.
 */
export { KEPT_PLACE, type KeptFormDeps, keepForm, showKeptForm } from './routes.ts';
export { sweepKeptForms } from './store.ts';
export type { FormRoute, Reshow, Unkept } from './types.ts';
