import type { Form } from '#kit/http/form.ts';
import type { Handler, SignedInContext } from '../sessions/index.ts';

/** Shows a form filled in as it was typed. It does nothing of what the form was sent for. */
export type Reshow = (ctx: SignedInContext, form: Form) => Promise<void>;

/** An address of the application; forms sent to one that can show them again are kept. */
export interface FormRoute {
  method: 'get' | 'post';
  path: string;
  handle: Handler;
  reshow?: Reshow;
}

/** A form as it was sent, without secrets. */
export interface KeptForm {
  path: string;
  fields: [name: string, value: string][];
}
