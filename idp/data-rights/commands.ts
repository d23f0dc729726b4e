import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';
import { REFUSAL_GROUNDS } from './policy.ts';
import { type CarryingDeps, carryOut } from './service/carry-out.ts';
import { type DataRequestDeps, answerRequest, extendRequest } from './service/requests.ts';
import { listRequests } from './store/requests.ts';
import type { Answer, RefusalGround } from './types.ts';

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Operators' commands on requests about personal data: `list [--all]`,
 * `decide ID --grant [--note TEXT] | --refuse GROUND --note TEXT`, `extend ID --reason TEXT`, `carry-out ID`.
 * @throws ConfigurationError when an argument is missing, or naming why the request cannot be decided so
 */
export async function runDataRequestCommand(
  deps: CarryingDeps,
  [name = '', ...args]: string[],
): Promise<string> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args,
    options: {
      all: { type: 'boolean', default: false },
      grant: { type: 'boolean', default: false },
      refuse: text,
      note: text,
      reason: text,
    },
    allowPositionals: true,
  });
  const id = positionals[0] ?? '';
  if (name === 'list') return list(deps, !values.all);
  if (name !== 'decide' && name !== 'extend' && name !== 'carry-out') {
    throw new ConfigurationError('data-requests: list, decide, extend or carry-out');
  }
  if (!ID.test(id)) throw new ConfigurationError('name a request by its id');
  if (name === 'carry-out') {
    const refusal = await carryOut(deps, id);
    if (refusal) throw new ConfigurationError(`${id} was not carried out: ${refusal}`);
    return `${id} carried out`;
  }
  if (name === 'extend') {
    if (!values.reason) throw new ConfigurationError('give a --reason');
    const problem = await extendRequest(deps, id, values.reason);
    if (problem) throw new ConfigurationError(`${id} was not extended: ${problem}`);
    return `${id} extended`;
  }
  const answer = readAnswer(values.grant, values.refuse, values.note ?? '');
  const problem = await answerRequest(deps, id, answer);
  if (problem) throw new ConfigurationError(`${id} was not decided: ${problem}`);
  return `${id} ${answer.granted ? 'granted' : 'refused'}`;
}

function readAnswer(isGranted: boolean, refusal: string | undefined, note: string): Answer {
  if (isGranted && refusal === undefined) return { granted: true, note };
  const isGround = (ground = ''): ground is RefusalGround =>
    REFUSAL_GROUNDS.includes(ground as RefusalGround);
  if (isGranted || !isGround(refusal)) {
    throw new ConfigurationError(`give --grant, or --refuse with one of ${REFUSAL_GROUNDS.join(', ')}`);
  }
  return { granted: false, ground: refusal, note };
}

/** One a line: id, kind, status, account, due day, wish. */
async function list(deps: DataRequestDeps, onlyOpen: boolean): Promise<string> {
  const requests = await listRequests(deps.db, onlyOpen);
  const lines = requests.map(({ id, kind, status, accountId, dueAt, wish }) =>
    [id, kind, status, accountId, dueAt.toISOString().slice(0, 10), wish.replaceAll(/\s+/g, ' ')].join('\t'),
  );
  return lines.length > 0 ? lines.join('\n') : 'no request is open';
}
