import type { Context } from './context.ts';
import { sentFields } from './form.ts';

/** A form that could not be dealt with, so that it can be sent again as it was. */
export interface Resend {
  action: string;
  fields: { name: string; value: string }[];
  /** Nothing was left out: sent again it can do what it was sent for. */
  isWhole: boolean;
}

/** Never repeated in a page; the form asks for them again. */
const SECRETS = /password|captcha|secret|^(code|pin)$/;

/** What the person sent; undefined when nothing, or not as a plain form. */
export async function resendOf(ctx: Context): Promise<Resend | undefined> {
  if (ctx.method !== 'POST') return undefined;
  const all = await sentFields(ctx);
  if (!all) return undefined;
  const fields = [...all].map(([name, value]) => ({ name, value })).filter(({ name }) => !SECRETS.test(name));
  return { action: ctx.originalUrl, fields, isWhole: fields.length === all.size };
}
