import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';

export interface Pem {
  certificate: string;
  key: string;
}

/** A `fetch` over connections of its own that show this certificate, or none, to a server of that authority. */
export function fetchShowing(authority: string, shown?: Pem) {
  const own = shown ? { cert: shown.certificate, key: shown.key } : {};
  return (url: string, init: { method?: string; headers?: object; body?: unknown }): Promise<Response> =>
    new Promise((resolve, reject) => {
      const headers = { ...init.headers } as Record<string, string>;
      const sent = request(
        url,
        { method: init.method, headers, agent: false, ca: authority, ...own },
        (answer) => {
          const { statusCode: status = 500, headers: said } = answer;
          const kept = Object.entries(said).map(([name, value]) => [name, String(value)] as [string, string]);
          buffer(answer).then((body) => resolve(new Response(body, { status, headers: kept })), reject);
        },
      );
      sent.on('error', reject);
      sent.end((init.body as URLSearchParams | string | null | undefined)?.toString());
    });
}
