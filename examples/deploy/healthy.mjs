// node examples/deploy/healthy.mjs URL: exit code 0 when it answers 2xx within four seconds
const url = process.argv[2] ?? 'http://127.0.0.1:3000/readyz';
const answer = await fetch(url, { signal: AbortSignal.timeout(4000) }).catch(() => undefined);
process.exitCode = answer?.ok ? 0 : 1;
