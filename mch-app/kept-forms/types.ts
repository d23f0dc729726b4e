import type { Form } from '#kit/http/form.ts';
import type { Handler, SignedInContext } from '../sessions/index.ts';

/** Shows a form filled in as it was typed. It does nothing of what the form was sent for. */
export type Reshow = (ctx: SignedInContext, form: Form) => Promise<void>;

/** What is not kept of what is sent: a file; what somebody looked for; one press with nothing typed. */
export type Unkept = 'file' | 'search' | 'press';

/** An address of the application. Every form is kept when it comes too late, or says why it is not. */
export type FormRoute = { path: string; handle: Handler } & (
  { method: 'get' } | { method: 'post'; reshow: Reshow | Unkept }
);

/** A form as it was sent, without secrets. */
export interface KeptForm {
  path: string;
  /** The query of its address; none in what another release kept. */
  search?: string;
  fields: [name: string, value: string][];
}
