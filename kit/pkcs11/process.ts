import koffi from 'koffi';
import { loadLibrary } from './library.ts';
import { type TokenAlgorithm, TokenSession } from './token.ts';

/** What the process is asked; `id` is given back with the answer. The first one says where the token is. */
export interface TokenJob {
  id: number;
  deed:
    | { name: 'open'; modulePath: string; label: string; pin: string }
    | { name: 'check' }
    | { name: 'generate'; alg: TokenAlgorithm; label: string }
    | { name: 'sign'; reference: string; alg: TokenAlgorithm; input: Uint8Array }
    | { name: 'destroy'; reference: string };
}

export interface TokenAnswer {
  id: number;
  result?: unknown;
  error?: string;
}

// calls into the library block: here, in a process of its own, they keep nobody waiting, and may even crash
let session: TokenSession | undefined;

process.on('message', ({ id, deed }: TokenJob) => {
  const answer: TokenAnswer = { id };
  try {
    answer.result = carryOut(deed);
  } catch (error) {
    answer.error = error instanceof Error ? error.message : String(error);
  }
  process.send?.(answer);
});
process.send?.('started');
process.on('disconnect', () => process.exit()); // whoever started us is gone
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {}); // it stops us when it is done

function carryOut(deed: TokenJob['deed']): unknown {
  if (deed.name === 'open') {
    session = new TokenSession(loadLibrary(koffi, deed.modulePath), deed);
    return undefined;
  }
  if (!session) throw new Error('no token is open');
  switch (deed.name) {
    case 'check':
      return session.check();
    case 'generate':
      return session.generate(deed.alg, deed.label);
    case 'sign':
      return session.sign(deed.reference, deed.alg, deed.input);
    case 'destroy':
      return session.destroy(deed.reference);
  }
}
