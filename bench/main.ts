import { parseArgs } from 'node:util';

/** How to ask; the files say more of each. */
const USAGE = `npm run bench [-- --quick]                   every scenario, beside the bare library and the machine (protocol.ts)
  [--rounds 3] [--seconds 3] [--only KEY,KEY] [--against bare] [--docs]
npm run bench -- --scale                     the same over a thousand to a million accounts (scale.ts)
npm run bench -- --soak                      an hour at full speed (soak.ts)
npm run bench -- populate                    a large population to measure on (population/main.ts)
npm run bench -- lists                       the console's pages with that population (lists/main.ts)
npm run bench -- mch                         the MCH system over a county of records (mch/main.ts)
npm run bench -- alike                       contacts that say nearly the same, found again (mch/alike.ts)
npm run bench -- same                        reports say what plain statements say (mch/same.ts)
npm run bench -- timing [--pairs 150]        wrong passwords of known and unknown names take as long (timing.ts)
npm run bench -- visits [--seconds 20]       what counting visits writes (visits.ts)
npm run bench -- outage [--seconds 60]       pages and mails while the mail server is away (outage.ts)

Those with something to hold end with 1 when it does not.
`;

const [verb = ''] = process.argv.slice(2);

/** The one number these take, at most `most`. */
function readNumber(name: string, otherwise: number, most: number): number {
  const options = { [name]: { type: 'string', default: String(otherwise) } } as const;
  const { values } = parseArgs({ args: process.argv.slice(3), options });
  return Math.min(most, Number(values[name]));
}

process.on('uncaughtException', (error) => {
  const isWrongOption = 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  process.stderr.write(isWrongOption ? `${error.message}\n\n${USAGE}` : `${error.stack}\n`);
  process.exit(1);
});

if (process.argv.includes('--help')) process.stdout.write(USAGE);
else if (process.argv.includes('--scale')) {
  const { benchScale } = await import('./scale.ts');
  process.exitCode = (await benchScale(process.argv.slice(2))) ? 0 : 1;
} else if (process.argv.includes('--soak')) {
  const { benchSoak } = await import('./soak.ts');
  process.exitCode = (await benchSoak(process.argv.slice(2))) ? 0 : 1;
} else if (verb === 'populate') await import('./population/main.ts');
else if (verb === 'lists') await import('./lists/main.ts');
else if (verb === 'mch') await import('./mch/main.ts');
else if (verb === 'alike') await import('./mch/alike.ts');
else if (verb === 'same') await import('./mch/same.ts');
else if (verb === 'timing') {
  const { benchTiming } = await import('./timing.ts');
  process.exitCode = (await benchTiming(readNumber('pairs', 150, 1000))) ? 0 : 1;
} else if (verb === 'visits') {
  const { benchVisits } = await import('./visits.ts');
  process.exitCode = (await benchVisits(readNumber('seconds', 20, 60))) ? 0 : 1;
} else if (verb === 'outage') {
  const { benchOutage } = await import('./outage.ts');
  process.exitCode = (await benchOutage(readNumber('seconds', 60, 300))) ? 0 : 1;
} else await import('./protocol.ts');
