const TIMEOUT_MS = 4000;

/** Servers that may be asked, and how they are reached. */
export interface Network {
  /** `host[:port]`, as operators named them: a certificate cannot lead anywhere else. */
  hosts: readonly string[];
  fetch: typeof fetch;
}

/**
 * Asks a server, within four seconds and `maxBytes`, following nowhere.
 * @returns undefined when it may not be asked or does not answer rightly
 */
export async function ask(
  network: Network,
  url: string,
  maxBytes: number,
  request?: { type: string; body: Uint8Array },
): Promise<Uint8Array | undefined> {
  if (!mayAsk(network, url)) return undefined;
  try {
    const response = await network.fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(request && {
        method: 'POST',
        headers: { 'content-type': request.type },
        body: new Uint8Array(request.body),
      }),
    });
    if (response.status !== 200 || !response.body) {
      await response.body?.cancel();
      return undefined;
    }
    return await readAtMost(response.body, maxBytes);
  } catch {
    return undefined;
  }
}

export function mayAsk({ hosts }: Network, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password } = new URL(url);
  return (
    (protocol === 'http:' || protocol === 'https:') && username + password === '' && hosts.includes(host)
  );
}

async function readAtMost(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) return undefined; // leaving the loop ends the stream
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
