import { ConfigurationError, Fault } from '#kit/errors.ts';
import { translate } from '#templates/locales.ts';
import { startCheck } from './service.ts';
import { findRun } from './store/runs.ts';
import type { ReadinessDeps, Step } from './types.ts';

/**
 * `idp subsystems check CODE`: every step, and what to mend.
 * @throws ConfigurationError with the same lines when a step did not pass, or there is no such subsystem
 */
export async function runCheckCommand(deps: ReadinessDeps, code: string): Promise<string> {
  const started = await startCheck(deps, code).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
    throw new ConfigurationError(
      error.code === 'conflict' ? `a check of ${code} is under way` : `there is no subsystem ${code}`,
    );
  });
  const outcome = await started.done;
  const run = await findRun(deps.db, code, started.runId);
  const lines = (run?.steps ?? []).map(describe);
  const text = [...lines, `${code}: ${outcome}`].join('\n');
  if (outcome === 'failed') throw new ConfigurationError(text);
  return text;
}

function describe({ step, outcome, reason, seen, ms }: Step): string {
  const what = `${outcome.replace('_', ' ').padEnd(11)} ${translate('en', `readiness.step-${step}`)} (${ms} ms)`;
  if (reason === undefined) return what;
  const mend = translate('en', `readiness.mend-${reason}`);
  return `${what}\n            ${mend}${seen === undefined ? '' : ` [${seen}]`}`;
}
