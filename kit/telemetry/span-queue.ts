import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';

const LIMIT = 2048;
const BATCH = 512;
const EVERY_MS = 1000;

/**
 * Finished spans on their way out. At most `LIMIT` wait and one batch is under way: while the collector is away the
 * rest are dropped and counted, and no request ever waits for it.
 */
export class SpanQueue implements SpanProcessor {
  readonly #exporter: SpanExporter;
  readonly #timer: NodeJS.Timeout;
  #waiting: ReadableSpan[] = [];
  #sending: Promise<void> | undefined;
  #sent = 0;
  #dropped = 0;

  constructor(exporter: SpanExporter) {
    this.#exporter = exporter;
    this.#timer = setInterval(() => void this.#send(), EVERY_MS).unref();
  }

  /** Spans the collector took, and spans it never got. */
  get state(): { sent: number; dropped: number; waiting: number } {
    return { sent: this.#sent, dropped: this.#dropped, waiting: this.#waiting.length };
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & 1) === 0) return;
    if (this.#waiting.length >= LIMIT) this.#dropped += 1;
    else this.#waiting.push(span);
    if (this.#waiting.length >= BATCH) void this.#send();
  }

  async forceFlush(): Promise<void> {
    await this.#sending;
    await this.#send();
  }

  /** Sends what there is, once, and waits for it no longer than the exporter's own limit. */
  async shutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.forceFlush();
    await this.#exporter.shutdown();
  }

  #send(): Promise<void> {
    if (this.#sending || this.#waiting.length === 0) return this.#sending ?? Promise.resolve();
    const batch = this.#waiting.splice(0, BATCH);
    this.#sending = new Promise<void>((resolve) => {
      this.#exporter.export(batch, (result: { code: number }) => {
        if (result.code === 0) this.#sent += batch.length;
        else this.#dropped += batch.length;
        resolve();
      });
    }).finally(() => (this.#sending = undefined));
    return this.#sending;
  }
}
