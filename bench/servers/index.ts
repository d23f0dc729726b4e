import { bare } from './bare.ts';
import { ours } from './ours.ts';
import type { ServerPlugin } from './types.ts';

/** Every server that can be measured, by the name the command line knows it by. A peer is one more file and line. */
export const servers: Record<string, ServerPlugin> = { ours, bare };
