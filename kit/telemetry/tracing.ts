import {
  ROOT_CONTEXT,
  type Context,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  type TracerProvider as Provider,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { randomToken } from '../random.ts';
import { SpanQueue } from './span-queue.ts';
import { nameStatement } from './statement-name.ts';
import type { Span, Tracer } from './types.ts';

export interface Tracing {
  tracer: Tracer;
  readonly state: SpanQueue['state'];
  stop(): Promise<void>;
}

const EXPORT_MS = 2000;
const MAX_STATEMENT = 2000;
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * Traces by OpenTelemetry, sent by OTLP over HTTP. Loaded only where a collector is configured. Names and attributes
 * follow its semantic conventions; a statement's text is told and its values are not.
 * @param share of the requests that are traced where nobody else has decided
 */
export function openTracing(service: string, endpoint: string, share: number): Tracing {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_MS,
  });
  const queue = new SpanQueue(exporter);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': randomToken(9) }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [queue],
  });
  return {
    tracer: createTracer(provider),
    get state() {
      return queue.state;
    },
    stop: () => provider.shutdown(),
  };
}

function createTracer(provider: Provider): Tracer {
  const tracer = provider.getTracer('single-entry');
  const child = (parent: Span, name: string, attributes: Record<string, string>): Span | undefined => {
    if (!(parent instanceof TracedSpan) || !parent.otel.isRecording()) return undefined;
    const within = trace.setSpan(ROOT_CONTEXT, parent.otel);
    return new TracedSpan(tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, within));
  };
  return {
    startRequest(method, traceparent) {
      const options = { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } };
      return new TracedSpan(tracer.startSpan(method, options, contextOf(traceparent)));
    },
    startCall(method, { host, pathname }, parent) {
      const attributes = { 'http.request.method': method, 'server.address': host, 'url.path': pathname };
      return child(parent, `${method} ${pathname}`, attributes);
    },
    startStatement(text, parent) {
      const summary = nameStatement(text);
      return child(parent, summary, {
        'db.system.name': 'postgresql',
        'db.query.summary': summary,
        'db.query.text': text.slice(0, MAX_STATEMENT),
      });
    },
  };
}

/** The trace that whoever asked is in, as https://www.w3.org/TR/trace-context/ says it. */
function contextOf(traceparent: string | undefined): Context {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const isValid = /[^0]/.test(traceId) && /[^0]/.test(spanId);
  if (!isValid) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

class TracedSpan implements Span {
  readonly otel: OtelSpan;

  constructor(otel: OtelSpan) {
    this.otel = otel;
  }

  get traceId(): string {
    return this.otel.spanContext().traceId;
  }

  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.otel.spanContext();
    return `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;
  }

  end({ attributes, failed, name }: Parameters<Span['end']>[0]): void {
    if (name !== undefined) this.otel.updateName(name);
    if (attributes) this.otel.setAttributes(attributes);
    if (failed) this.otel.setStatus({ code: SpanStatusCode.ERROR });
    this.otel.end();
  }
}
