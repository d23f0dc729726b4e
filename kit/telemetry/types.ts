/** One timed step of a trace. Attributes never hold a value a person typed. */
export interface Span {
  /** The W3C `traceparent` that makes another program's spans children of this one. */
  readonly traceparent: string;
  readonly traceId: string;
  end(outcome: { attributes?: Record<string, string | number>; failed?: boolean; name?: string }): void;
}

/** Makes spans; undefined stands for a trace that is not recorded. */
export interface Tracer {
  /** @param traceparent of whoever asked, when it may be believed */
  startRequest(method: string, traceparent: string | undefined): Span | undefined;
  startCall(method: string, to: URL, parent: Span): Span | undefined;
  startStatement(text: string, parent: Span): Span | undefined;
}

/** What the observer of a server's requests hands out when a request is over. */
export interface FinishedRequest {
  method: string;
  route: string;
  status: number;
  /** Whether the caller went away before the answer was whole. */
  aborted: boolean;
  seconds: number;
  bytes: number;
  requestId: string;
  clientId: string | undefined;
  error: string | undefined;
}
