import { readFileSync } from 'node:fs';

/** What one client, and all of them together, may take of a server. */
export interface Limits {
  /** Until all headers are there. */
  headersMs: number;
  /** Until the whole body is there. */
  bodyMs: number;
  /** The same at the few addresses that take large files. */
  uploadMs: number;
  /** A connection kept open without a request. */
  keepAliveMs: number;
  /** A connection on which nothing moves, in the middle of a request or an answer. */
  silenceMs: number;
  headerBytes: number;
  headers: number;
  connections: number;
}

export const LIMITS: Limits = {
  headersMs: 10_000,
  bodyMs: 30_000,
  uploadMs: 600_000,
  keepAliveMs: 20_000,
  silenceMs: 60_000,
  headerBytes: 16 * 1024,
  headers: 100,
  connections: 4000,
};

/** Files, pipes, database and outbound connections of a process. */
const RESERVED = 64;

/**
 * At most `wanted` connections, fewer where the system lets a process open fewer files: a connection too many is
 * closed, while a database connection that cannot be opened would fail somebody's request.
 */
export function connectionRoom(wanted: number, openFiles = readOpenFileLimit()): number {
  return openFiles === undefined ? wanted : Math.max(8, Math.min(wanted, openFiles - RESERVED));
}

function readOpenFileLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined; // not Linux
  }
}
