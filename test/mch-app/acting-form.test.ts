import Koa from 'koa';
import { type Serving, serve } from '#kit/http/serve.ts';
import { requestState } from '#kit/http/request.ts';
import type { Session, SignedInState } from '#mch/sessions/index.ts';
import { type ShowPage, actingForm } from '#mch/shell/index.ts';

/* A form with fields of its own, as the business areas will have them. */

const session = {
  account: { id: 'now', binding: '衛生所', unit: { name: '示範衛生所' } },
  knownAccounts: [{ id: 'before', binding: '示範醫院', unitName: '示範醫院', role: 'mch_user' }],
  generation: 2,
} as Session;

let serving: Serving;
const shown: unknown[] = [];
const done: string[] = [];
beforeAll(async () => {
  const show: ShowPage = (_ctx, view, data) => void shown.push(view, data);
  const app = new Koa<SignedInState>();
  app.use(requestState());
  app.use(async (ctx, next) => {
    ctx.state.session = session;
    await next();
  });
  app.use(
    actingForm(
      show,
      { remark: 'mch.menu', topic: 'mch.crumbs' },
      async (ctx, form) => {
        done.push(form.get('remark'));
        ctx.body = 'done';
      },
      (account) => `/for/${account.id}`,
    ),
  );
  const answer = app.callback();
  serving = await serve((req, res) => void answer(req, res), 0);
});
afterAll(() => serving.stop({ graceMs: 0 }));

const post = (form: string) =>
  fetch(`http://127.0.0.1:${serving.port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
    body: form,
  });

it('is done when it was rendered for the account one acts as', async () => {
  expect((await post('acting=now&generation=2&remark=hello')).status).toBe(200);
  expect(done).toEqual(['hello']);
});

it('is refused from a stale tab, and what was typed comes back under its labels', async () => {
  const form = 'acting=before&generation=1&remark=long+text&topic=a&topic=b&secret=kept+out';
  expect((await post(form)).status).toBe(409);
  expect(done).toHaveLength(1);
  expect(shown).toEqual([
    'mch-app/account-changed',
    {
      was: { binding: '示範醫院', unitName: '示範醫院' },
      now: { binding: '衛生所', unitName: '示範衛生所' },
      continueUrl: '/for/now',
      typed: [
        { label: '功能選單', value: 'long text' },
        { label: '目前位置', value: 'a' },
        { label: '目前位置', value: 'b' },
      ],
    },
  ]);
});
