import type { RequestListener } from 'node:http';
import path from 'node:path';
import { authorityListener, openAuthority } from '#idp/federation/authority/index.ts';
import { askWorld } from '#idp/federation/trust-chain/index.ts';
import { systemClock } from '#kit/clock.ts';
import { serve } from '#kit/http/serve.ts';
import { sayReady } from '#kit/processes/worker.ts';

/* The demo's ministry and county on one port, to spare a process; of their own they are `idp authority serve`. */

const [port = '', folder = ''] = process.argv.slice(2);
const deps = {
  ask: askWorld(true), // all of the demo is on this machine
  clock: systemClock,
  tell: (error: unknown) => process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`),
};
const listeners = new Map<string, RequestListener>();
for (const name of ['ministry', 'county']) {
  listeners.set(name, authorityListener(await openAuthority(path.join(folder, name)), deps));
}
const serving = await serve((req, res) => {
  const listener = listeners.get(req.url?.split(/[/?]/)[1] ?? '');
  if (listener) listener(req, res);
  else res.writeHead(404).end();
}, Number(port));
sayReady({ port: serving.port });
// asked to, or left alone by a demo that was killed
for (const end of ['SIGTERM', 'disconnect']) {
  process.once(end, () => void serving.stop({ graceMs: 0 }).then(() => process.exit(0)));
}
