import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/* The machine's own limit: what node:http does when there is nothing to do. */
const server = createServer((_req, res) => {
  res.setHeader('content-type', 'application/json');
  res.end('{"hello":"world"}');
});
server.listen(0, '127.0.0.1', () =>
  process.send?.({ ready: true, port: (server.address() as AddressInfo).port }),
);
process.once('disconnect', () => process.exit());
