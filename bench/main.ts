/*
 * npm run bench                 the protocol, against a bare server (protocol.ts)
 * npm run bench -- populate     a large population to measure on (population/main.ts)
 */
const [verb = ''] = process.argv.slice(2);
if (verb === 'populate') await import('./population/main.ts');
else await import('./protocol.ts');
