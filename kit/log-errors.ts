const DEEPEST_CAUSE = 3;

/**
 * An error as the log shows it: what kind, where in the code, and no value that somebody typed. PostgreSQL's own
 * words quote such values, so of its errors only the state and the names of things remain.
 */
export function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  const deeper =
    cause instanceof Error && depth < DEEPEST_CAUSE ? describeError(cause, depth + 1) : undefined;
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: isDatabaseError(error) ? sayDatabaseError(error) : error.message,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    stack: callsOf(error.stack),
    ...(deeper && { cause: deeper }),
  };
}

type DatabaseError = Error & { code: string } & Record<
    'routine' | 'table' | 'constraint' | 'column',
    unknown
  >;

function isDatabaseError(error: Error): error is DatabaseError {
  return 'severity' in error && 'routine' in error && 'code' in error;
}

function sayDatabaseError({ code, ...error }: DatabaseError): string {
  const names = (['routine', 'table', 'column', 'constraint'] as const).flatMap((key) => {
    const name = error[key];
    return typeof name === 'string' ? `${key} ${name}` : [];
  });
  return [`PostgreSQL ${code}`, ...names].join(', ');
}

/** The calls alone: in front of them stands the message once more. */
function callsOf(stack: string | undefined): string {
  return (stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');
}
