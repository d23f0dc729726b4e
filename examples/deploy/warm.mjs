// Loads each program once, so that NODE_COMPILE_CACHE holds its modules. Without settings a program says so and
// ends, after everything it consists of was found: an image that lacks something is never built.
import { spawnSync } from 'node:child_process';

const SAYS = {
  'dist/idp.mjs': 'Settings that cannot work',
  'dist/mch-app.mjs': 'Settings that cannot work',
  'idp/cli.ts': 'usage: idp',
};

for (const [program, says] of Object.entries(SAYS)) {
  const { stderr } = spawnSync(process.execPath, [program], {
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: '' },
  });
  if (stderr.includes(says)) continue;
  process.stderr.write(`${program} does not load:\n${stderr}`);
  process.exitCode = 1;
}
