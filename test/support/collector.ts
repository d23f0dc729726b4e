import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector receives it by OTLP. */
export interface CollectedSpan {
  service: string;
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  attributes: Record<string, string | number>;
}

export interface Collector {
  endpoint: string;
  spans: CollectedSpan[];
  /** Everything received, as it came. */
  raw(): string;
  stop(): Promise<void>;
}

type Value = { stringValue?: string; intValue?: number | string };
interface Body {
  resourceSpans: {
    resource: { attributes: { key: string; value: Value }[] };
    scopeSpans: { spans: (CollectedSpan & { attributes: { key: string; value: Value }[] })[] }[];
  }[];
}

/** An OpenTelemetry collector of the tests' own: OTLP over HTTP, JSON. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  let raw = '';
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      raw += body;
      for (const { resource, scopeSpans } of (JSON.parse(body) as Body).resourceSpans) {
        const service = String(readAttributes(resource.attributes)['service.name']);
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
          spans.push({ ...span, service, attributes: readAttributes(span.attributes) });
        }
      }
      res.setHeader('Content-Type', 'application/json');
      res.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    raw: () => raw,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function readAttributes(list: { key: string; value: Value }[]): Record<string, string | number> {
  return Object.fromEntries(
    list.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)] as const),
  );
}
