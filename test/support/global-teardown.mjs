import { rmSync } from 'node:fs';

export default async function teardown() {
  const { server, dir } = globalThis.embeddedTestServer;
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
  rmSync(server.socketDir, { recursive: true, force: true });
}
