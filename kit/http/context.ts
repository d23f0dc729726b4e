import type { ParameterizedContext } from 'koa';
import type { Locale } from './locale.ts';

/** What every request of ours carries beside Koa's own context. */
export interface RequestState {
  /** Named in logs, in audit records and on error pages. */
  requestId: string;
  locale: Locale;
  /** Origins, besides our own, that a form on this page may lead to: the whole redirect chain counts. */
  formTargets: string[];
  /** Looks at a file that is brought; absent where no scanner is set. @throws Fault */
  scanUpload?: (bytes: Buffer) => Promise<void>;
}

export type Context = ParameterizedContext<RequestState>;
export type Next = () => Promise<unknown>;
export type Middleware = (ctx: Context, next: Next) => Promise<unknown>;
