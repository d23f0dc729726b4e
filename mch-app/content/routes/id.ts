import { Fault } from '#kit/errors.ts';
import type { SignedInContext } from '../../sessions/index.ts';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isId = (text: string): boolean => ID.test(text);

/** The id at this place of the address. @throws Fault not_found for what cannot be one of ours */
export function idIn(ctx: SignedInContext, name: string): string {
  const id = String(ctx.params[name]);
  if (!isId(id)) throw new Fault('not_found');
  return id;
}
