import { Fault } from '#kit/errors.ts';
import { readForm } from '#kit/http/form.ts';
import type { Handler, SignedInContext } from '../sessions/index.ts';
import { authorize } from './authorization.ts';
import { localPlace } from './policy.ts';
import type { RelyingParty } from './types.ts';

const MAX_HINT = 512;

/**
 * GET or POST /sign-in: to the single entry, and back to where one was. The single entry's own portal comes
 * here too, with `iss`, `login_hint` and `target_link_uri` (OpenID Connect Core §4, login initiated by a third
 * party); anyone may bring a browser here, so nothing happens that the person does not see there.
 */
export function signIn(party: RelyingParty): Handler {
  return async (ctx) => {
    const parameter = ctx.method === 'POST' ? await formParameter(ctx) : queryParameter(ctx);
    const iss = parameter('iss');
    const target = parameter('target_link_uri');
    if (iss !== '' && iss !== party.provider.issuer) throw new Fault('bad_request');
    const returnTo = localPlace(target || parameter('return_to') || '/', party.origin);
    if (target !== '' && returnTo === undefined) throw new Fault('bad_request');

    const loginHint = parameter('login_hint');
    if (loginHint.length > MAX_HINT) throw new Fault('bad_request');
    await authorize(party, ctx, {
      purpose: 'sign_in',
      returnTo: returnTo ?? '/',
      ...(loginHint === '' ? {} : { loginHint }),
    });
  };
}

type Parameter = (name: string) => string;

function queryParameter(ctx: SignedInContext): Parameter {
  const query = new URLSearchParams(ctx.querystring);
  return (name) => {
    const values = query.getAll(name);
    if (values.length > 1 || values[0]?.includes('\0')) throw new Fault('bad_request');
    return values[0] ?? '';
  };
}

async function formParameter(ctx: SignedInContext): Promise<Parameter> {
  const form = await readForm(ctx);
  return (name) => form.get(name);
}
