import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { shareContextGetter } from '../../idp/oidc/request-context.ts';

interface Seen {
  own: boolean;
  route: string | undefined;
  isKept: boolean;
}

/** Asks a Provider for two addresses. @returns what a step around the library's own saw of `ctx.oidc` */
async function look(prepare: (provider: Provider) => void): Promise<Seen[]> {
  const provider = new Provider('http://localhost', {});
  prepare(provider);
  const seen: Seen[] = [];
  provider.use(async (ctx, next) => {
    await next();
    const { oidc } = ctx as { oidc?: { route: string } };
    seen.push({ own: Object.hasOwn(ctx, 'oidc'), route: oidc?.route, isKept: oidc === ctx.oidc });
  });
  const server = createServer((req, res) => void provider.callback()(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    for (const path of ['jwks', 'nowhere']) await (await fetch(`http://127.0.0.1:${port}/${path}`)).text();
  } finally {
    server.close();
  }
  return seen;
}

describe('what the library knows of a request', () => {
  it('comes from one getter of all contexts, so that no request has a hidden class of its own', async () => {
    expect(await look(shareContextGetter)).toEqual([
      { own: false, route: 'jwks', isKept: true },
      { own: false, route: undefined, isKept: true },
    ]);
  });

  it('comes the library’s own way in a Provider that does not share it', async () => {
    expect(await look(() => {})).toEqual([
      { own: true, route: 'jwks', isKept: true },
      { own: false, route: undefined, isKept: true },
    ]);
  });
});
