import Koa from 'koa';
import { type Serving, serve } from '#kit/http/serve.ts';
import { type RequestState } from '#kit/http/context.ts';
import { securityHeaders } from '#kit/http/security-headers.ts';
import { loadAssets } from '#templates/assets.ts';

const assets = loadAssets();
let serving: Serving;
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${serving.port}${path}`, { headers });

beforeAll(async () => {
  const app = new Koa<RequestState>();
  app.use(securityHeaders(false));
  app.use(assets.middleware());
  const answer = app.callback();
  serving = await serve((req, res) => void answer(req, res), 0);
});
afterAll(() => serving.stop({ graceMs: 0 }));

test('an address with the content’s hash is kept for good', async () => {
  const answer = await get(assets.url('app.css'), { 'accept-encoding': 'br' });
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8');
  expect(answer.headers.get('content-encoding')).toBe('br');
  expect(await answer.text()).toContain('--primary');

  // fetch adds no-cache of its own unless told
  const known = { 'if-none-match': String(answer.headers.get('etag')), 'cache-control': 'max-age=0' };
  const again = await get(assets.url('app.css'), known);
  expect(again.status).toBe(304);
});

test('an address of another version is answered for a short time', async () => {
  const answer = await get('/assets/older0000/app.js');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
});

test('other sites may use the style sheet and the fonts it names', async () => {
  const sheet = await get('/assets/single-entry.css');
  expect(sheet.headers.get('access-control-allow-origin')).toBe('*');
  expect(sheet.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  const fonts = /@import url\("([^"]+)"\)/.exec(await sheet.text())?.[1] ?? '';
  const slice = /url\(([\w.-]+\.woff2)\)/.exec(await (await get(fonts)).text())?.[1] ?? '';
  const font = await get(fonts.replace('fonts.css', slice));
  expect(font.headers.get('content-type')).toBe('font/woff2');
  expect(font.headers.get('content-encoding')).toBeNull();
  expect((await font.bytes()).subarray(0, 4)).toEqual(new Uint8Array([0x77, 0x4f, 0x46, 0x32]));
});

test.each(['/assets/x/none.css', '/assets/x/..%2f..%2fengine.ts', '/assets/../engine.ts', '/assets/'])(
  '%s is not there',
  async (path) => {
    expect((await get(path)).status).toBe(404);
  },
);
