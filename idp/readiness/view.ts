import type { Views } from '#templates/views.ts';
import type { Run } from './types.ts';

const TONES = { passed: 'success', failed: 'error', not_checked: 'neutral' } as const;
const OUTCOMES = { passed: 'success', failed: 'error', interrupted: 'warning', running: 'info' } as const;

/** One run, step by step. */
export function runView(run: Run, name: string): Views['idp/console-readiness'] {
  const outcome = run.outcome ?? 'running';
  const here = `/console/subsystems/${run.subsystemCode}`;
  return {
    name,
    outcome: {
      key: `console-readiness.${outcome === 'running' ? 'is-running' : outcome}`,
      tone: OUTCOMES[outcome],
    },
    isRunning: run.endedAt === null,
    startedAt: run.startedAt,
    by: run.by ?? '',
    steps: run.steps.map(({ step, outcome: kind, reason = '', seen = '', ms }) => ({
      ...{ code: step, kind, tone: TONES[kind], reason, seen, ms },
    })),
    againAction: `${here}/readiness`,
    listUrl: here,
    refreshUrl: `${here}/readiness/${run.id}`,
  };
}
