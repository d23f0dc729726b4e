import { type IncomingHttpHeaders, request } from 'node:http';

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/**
 * One HTTP request exactly as written, for what no browser and no `fetch` would send: any method, path and
 * header, among them `Host`. No redirect is followed.
 * @param path goes into the request line unchanged
 * @param init `from` is the address to come from, one of this machine's
 */
export function rawRequest(
  base: string,
  method: string,
  path: string,
  init: { headers?: Record<string, string | string[]>; body?: string | Buffer; from?: string } = {},
): Promise<RawAnswer> {
  const { host, hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const headers = { host, ...init.headers };
    const from = init.from === undefined ? {} : { localAddress: init.from, family: 4 };
    const target = { host: hostname, port, ...from };
    const sent = request({ ...target, method, path, headers, agent: false }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    sent.on('error', reject);
    sent.end(init.body);
  });
}
