import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

/*
 * `npm run fuzz -- --seconds 60 --seed 7`: the fuzz tests of the suite for longer, on other inputs. What fails is
 * printed as small as it could be made, with the seed that finds it again.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
  },
});
if (!/^\d+$/.test(values.seconds) || !/^\d+$/.test(values.seed)) {
  process.stderr.write('usage: npm run fuzz -- [--seconds N] [--seed S]\n');
  process.exit(2);
}
process.stdout.write(
  `seed ${values.seed}, ${values.seconds} seconds for parsers and as many for the protocol\n`,
);
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const jest = ['node_modules/jest/bin/jest.js', '--runInBand', 'test/security/fuzz-'];
spawn(process.execPath, [...flags, ...jest], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_SECONDS: values.seconds, FUZZ_SEED: values.seed },
}).once('exit', (code) => (process.exitCode = code ?? 1));
