import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runContained } from './container.ts';
import { DEPLOY, type Instruction, ROOT, readDockerfile } from './files.ts';

const NODE_USER = '1000:1000'; // of the base image
/** Where this machine gets packages. */
const NPM = Object.fromEntries(
  Object.entries(process.env).filter((pair): pair is [string, string] =>
    /^npm_config_(registry|cafile|proxy)|_proxy$|^NODE_EXTRA_CA_CERTS$/i.test(pair[0]),
  ),
);

export interface Image {
  /** What is /app in the image. */
  app: string;
  env: Record<string, string>;
  user: string;
  command: string[];
  /** How long each RUN line took. */
  ran: { line: string; ms: number }[];
  remove(): void;
}

/** Carries out the Dockerfile line by line in clean folders: COPY by copying, RUN in a container of the build's user. */
export async function buildImage(): Promise<Image> {
  // not /tmp: a container has a /tmp of its own, and the folders above must let others pass
  const work = mkdtempSync('/var/tmp/single-entry-image-');
  const stages = new Map<string, string>();
  const ran: Image['ran'] = [];
  let image: Omit<Image, 'remove' | 'ran'> = { app: '', env: {}, user: '0:0', command: [] };
  for (const [at, stage] of readDockerfile().entries()) {
    const app = path.join(work, String(at));
    mkdirSync(app, { mode: 0o755 });
    image = { app, env: {}, user: '0:0', command: [] };
    for (const instruction of stage) {
      if (instruction.word === 'FROM') stages.set(/ AS (\w+)$/.exec(instruction.text)?.[1] ?? '', app);
      const ms = await carryOut(instruction, image, stages);
      if (ms !== undefined) ran.push({ line: instruction.text, ms });
    }
  }
  return { ...image, ran, remove: () => rmSync(work, { recursive: true, force: true }) };
}

async function carryOut(
  { word, text }: Instruction,
  image: Omit<Image, 'remove' | 'ran'>,
  stages: Map<string, string>,
): Promise<number | undefined> {
  switch (word) {
    case 'COPY':
      copy(text, image.app, stages);
      return undefined;
    case 'ENV':
      for (const pair of text.split(/\s+/)) {
        const at = pair.indexOf('=');
        image.env[pair.slice(0, at)] = pair.slice(at + 1);
      }
      return undefined;
    case 'USER':
      image.user = text === 'node' ? NODE_USER : text;
      return undefined;
    case 'CMD':
      image.command = JSON.parse(text) as string[];
      return undefined;
    case 'RUN':
      return run(text, image);
    case 'WORKDIR':
      if (text !== '/app') throw new Error(`WORKDIR ${text} is not looked after here`);
      return undefined;
    case 'FROM':
    case 'ARG':
    case 'LABEL':
    case 'EXPOSE':
    case 'STOPSIGNAL':
    case 'HEALTHCHECK':
      return undefined;
    default:
      throw new Error(`${word} is not looked after here`);
  }
}

function copy(text: string, app: string, stages: Map<string, string>): void {
  const parts = text.split(' ');
  const from = /^--from=(\w+)$/.exec(parts[0] ?? '')?.[1];
  const sources = parts.slice(from === undefined ? 0 : 1, -1);
  const target = parts.at(-1) ?? '';
  const base = from === undefined ? ROOT : (stages.get(from) ?? '');
  const ignored = readFileSync(path.join(DEPLOY, 'Dockerfile.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => /^\w/.test(line))
    .map((line) => path.join(ROOT, line));
  for (const source of sources) {
    const to = target.endsWith('/') ? path.join(app, target, path.basename(source)) : path.join(app, target);
    cpSync(path.join(base, from === undefined ? source : source.replace(/^\/app/, '')), to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !ignored.includes(file),
    });
  }
}

/** @returns how long it took */
async function run(line: string, { app, env, user }: Pick<Image, 'app' | 'env' | 'user'>): Promise<number> {
  const began = performance.now();
  const box = { user, app, writable: true, env: { ...env, ...NPM }, tmpfs: ['/tmp:mode=1777,size=64m'] };
  await runContained(box, ['sh', '-c', line.replaceAll('chown node:node', `chown ${NODE_USER}`)]);
  return performance.now() - began;
}
