import { serve } from '#kit/http/serve.ts';

/**
 * Makes sure every port can be had, before anything is started.
 * @throws ConfigurationError naming the first that cannot
 */
export async function checkPorts(ports: Iterable<number>): Promise<void> {
  for (const port of ports) {
    const serving = await serve(() => {}, port);
    await serving.stop();
  }
}
