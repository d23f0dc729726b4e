import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IdpWorld } from './idp-world.ts';

const MANIFESTS = path.resolve(import.meta.dirname, '../protocol/manifests');

export interface ManifestText {
  code: string;
  suffix: string;
  client: Record<string, unknown>;
  [member: string]: unknown;
}

/** Declares a subsystem like one of the test manifests, but changed. @returns what the command answered */
export async function applyVariant(
  world: IdpWorld,
  of: string,
  change: (manifest: ManifestText) => void,
): ReturnType<IdpWorld['command']> {
  const manifest = JSON.parse(readFileSync(path.join(MANIFESTS, `${of}.json`), 'utf8')) as ManifestText;
  change(manifest);
  const folder = mkdtempSync(path.join(tmpdir(), 'manifest-'));
  const file = path.join(folder, 'manifest.json');
  writeFileSync(file, JSON.stringify(manifest));
  try {
    return await world.command('subsystems', 'apply', file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
