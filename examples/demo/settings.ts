import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { parseEnvironment } from '#kit/environment.ts';
import { ConfigurationError } from '#kit/errors.ts';

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_534).default(fallback);

const schema = z.object({
  DATA_DIR: z.string().min(1).default('.data'),
  IDP_PORT: port(3000),
  MCH_PORT: port(4000),
  EXAMPLES_PORT: port(4001),
  GROUP_PORT: port(3100),
  FEDERATION_PORT: port(4600),
  IDP_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  MCH_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  GROUP_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
});

export interface Settings {
  dataDir: string;
  ports: { idp: number; mch: number; cancer: number; smoking: number; group: number; federation: number };
  /** Servers of one's own; undefined: the embedded one. */
  databaseUrls: { idp: string | undefined; mch: string | undefined; group: string | undefined };
}

/** What `npm start` can be told. @throws ConfigurationError naming each fault */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const env = parseEnvironment(schema, environment);
  const dataDir = path.resolve(env.DATA_DIR);
  try {
    mkdirSync(path.join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigurationError(`The folder ${dataDir} (DATA_DIR) cannot be written.`, { cause: error });
  }
  const ports = {
    idp: env.IDP_PORT,
    mch: env.MCH_PORT,
    cancer: env.EXAMPLES_PORT,
    smoking: env.EXAMPLES_PORT + 1,
    group: env.GROUP_PORT,
    federation: env.FEDERATION_PORT,
  };
  const all = Object.values(ports);
  const twice = all.find((value, at) => all.indexOf(value) !== at);
  if (twice !== undefined) {
    throw new ConfigurationError(
      `IDP_PORT, MCH_PORT, GROUP_PORT, FEDERATION_PORT, EXAMPLES_PORT and the port after it must differ; ${twice} is named twice.`,
    );
  }
  const { IDP_DATABASE_URL: idp, MCH_DATABASE_URL: mch, GROUP_DATABASE_URL: group } = env;
  return { dataDir, ports, databaseUrls: { idp, mch, group } };
}
