import path from 'node:path';
import { servePrograms } from '#kit/processes/serve.ts';
import { readConfig } from './config.ts';

/** Serves the MCH system with a process a core behind one port. */
await servePrograms('mch-app', path.join(import.meta.dirname, 'main.ts'), () => readConfig(process.env));
