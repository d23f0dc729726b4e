/** The gallery in a browser, for development only: `node templates/gallery-server.ts [port]`. */
import Koa from 'koa';
import type { RequestState } from '#kit/http/context.ts';
import { requestState } from '#kit/http/request.ts';
import { securityHeaders } from '#kit/http/security-headers.ts';
import { serve } from '#kit/http/serve.ts';
import { loadAssets } from './assets.ts';
import { createRenderer } from './engine.ts';
import { galleryContext, galleryPages } from './gallery.ts';

const CAPTCHA = `<svg xmlns="http://www.w3.org/2000/svg" width="168" height="56" viewBox="-4 0 168 56"><path d="M18 40V16l-6 5M40 18h16l-10 22M76 16v24M70 24l6-8M96 16h14v10H96v14h14M128 16h14v24h-14zM8 34l60-14 44 18 40-16" fill="none" stroke="#24484a" stroke-width="3"/></svg>`;

/** Serves every sample at `/<name>?lang=…`, with the pages' real headers. */
export async function serveGallery(port: number) {
  const assets = loadAssets();
  const renderer = createRenderer({ assets, development: true });
  const app = new Koa<RequestState>();
  app.use(requestState());
  app.use(securityHeaders(false));
  app.use(assets.middleware());
  app.use((ctx) => {
    const { locale } = ctx.state;
    const samples = galleryPages(locale);
    const name = ctx.path.slice(1);
    if (name === 'sample-captcha.svg') {
      ctx.type = 'svg';
      ctx.body = CAPTCHA;
      return;
    }
    const sample = samples.find((candidate) => candidate.name === name);
    ctx.type = 'html';
    ctx.body = sample
      ? renderer.page(sample.view, galleryContext(sample, locale), sample.data)
      : `<!doctype html><title>Gallery</title><ul>${samples.map((each) => `<li><a href="/${each.name}?lang=zh-TW">${each.name}</a> <a href="/${each.name}?lang=en">en</a>`).join('')}</ul>`;
  });
  const answer = app.callback();
  return serve((req, res) => void answer(req, res), port);
}

if (import.meta.main) {
  const { port } = await serveGallery(Number(process.argv[2] ?? 3900));
  process.stdout.write(`gallery: http://localhost:${port}/\n`);
}
