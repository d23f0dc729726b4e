import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { startEmbeddedServer } from '#db/embedded/server.ts';
import pg from 'pg';

/**
 * Stands for the container of PostgreSQL: the embedded server on an address and port, where everybody proves a
 * password by SCRAM. Arguments: data folder, address, port, the superuser's password, further `name=value` settings.
 */
const [folder = '', address = '', port = '', password = '', ...settings] = process.argv.slice(2);
const server = await startEmbeddedServer(folder, [`listen_addresses=${address}`, ...settings]);
const superuser = new pg.Client({ connectionString: server.url('postgres') });
await superuser.connect();
await superuser.query(`alter role postgres password ${pg.escapeLiteral(password)}`);
writeFileSync(
  path.join(folder, 'pg_hba.conf'),
  'local all all trust\nhost all all 127.0.0.0/8 scram-sha-256\n',
);
await superuser.query('select pg_reload_conf()');
await superuser.end();
process.stdout.write(`ready on ${address}:${port}\n`);
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
setInterval(() => {}, 60_000);
