/**
 * The child process that computes argon2id. It holds no secret beyond the job at hand, yields the processor to
 * the requests of its parent, and ends when the parent does, however that ends.
 */
import { execFileSync } from 'node:child_process';
import { setPriority } from 'node:os';
import type { HashAnswer, HashJob } from './hash-job.ts';

// before argon2 starts its threads: they inherit it
setPriority(19);
try {
  // Linux: whoever else has something to do gets the core at once, as if it were idle (SCHED_IDLE)
  execFileSync('chrt', ['--all-tasks', '--idle', '--pid', '0', String(process.pid)], { stdio: 'ignore' });
} catch {
  // the low priority has to do
}
const { default: argon2 } = await import('argon2');

// a Ctrl-C reaches the whole group; the parent still has requests to finish
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));

process.on('message', (job: HashJob) => {
  void work(job).then((answer) => {
    if (process.connected) process.send?.(answer);
  });
});

async function work(job: HashJob): Promise<HashAnswer> {
  try {
    if (job.hash !== undefined) return { id: job.id, matches: await argon2.verify(job.hash, job.password) };
    const { memoryKib: memoryCost, time: timeCost } = job.cost;
    const type = argon2.argon2id;
    return {
      id: job.id,
      hash: await argon2.hash(job.password, { type, memoryCost, timeCost, parallelism: 1 }),
    };
  } catch (error) {
    return { id: job.id, error: error instanceof Error ? error.message : String(error) };
  }
}
