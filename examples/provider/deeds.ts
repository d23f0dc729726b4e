import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Runs an operator's command. @returns what it printed. @throws Error with what it complained of */
export async function runCommand(env: NodeJS.ProcessEnv, ...args: string[]): Promise<string> {
  const flags = ['--disable-warning=ExperimentalWarning', 'idp/cli.ts'];
  try {
    const { stdout } = await run(process.execPath, [...flags, ...args], { cwd: ROOT, env });
    return stdout.trim();
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(stderr?.trim() || message, { cause: error });
  }
}

export const DEEDS = `  rotate                a new signing key: announced at once, signs about ten seconds later
  logout LOGIN          ends every session of a person: back-channel logout to each client
  disable LOGIN         the same, and the person may not sign in; enable LOGIN undoes it
  disable ACCOUNT       a subsystem account (P@…): its grants end; enable ACCOUNT undoes it
  disable CLIENT_ID     the client: its grants end, it is refused; enable CLIENT_ID undoes it`;

const REASON = ['--reason', 'local provider'];

/**
 * One of the deeds above, as typed.
 * @throws Error naming what is wrong with it
 */
export async function perform(env: NodeJS.ProcessEnv, line: string): Promise<string> {
  const [deed = '', subject = '', ...more] = line.trim().split(/\s+/);
  if (more.length > 0) throw new Error('one deed, one name');
  if (deed === 'rotate' && subject === '') return runCommand(env, 'keys', 'rotate', ...REASON);
  if (!/^[\w@.-]+$/.test(subject) || subject.startsWith('-')) throw new Error(`the deeds are:\n${DEEDS}`);
  if (deed === 'logout') {
    await runCommand(env, 'accounts', 'disable', subject, ...REASON);
    await runCommand(env, 'accounts', 'enable', subject, ...REASON);
    return `every session of ${subject} has ended`;
  }
  if (deed !== 'disable' && deed !== 'enable') throw new Error(`the deeds are:\n${DEEDS}`);
  if (subject.includes('@')) return runCommand(env, 'subsystem-accounts', deed, subject, ...REASON);
  if (subject.includes('.')) return runCommand(env, 'accounts', deed, subject, ...REASON);
  return runCommand(env, 'clients', deed, subject);
}
