import { createHash, scryptSync } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';

export interface Asked {
  account: string;
  password: string;
  holder_salt: string;
}

export interface Call {
  asked: Asked;
  claims: Record<string, unknown>;
  typ: string | undefined;
  raw: string;
}

/** A subsystem that proves its accounts itself, and answers whatever the test wants. */
export interface RemoteSubsystem {
  origin: string;
  calls: Call[];
  /** Sends the answer: a value as JSON, or with a status and headers of its own. */
  answer: (asked: Asked) => unknown;
  close(): Promise<void>;
}

/** How an account is described when its password was right; `holder` proves the ID number. */
export function provenAs(
  { holder_salt: salt }: Asked,
  nationalId: string,
  over: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    ...{ proven: true, account: 'old.account', unit: '9876543210', role: 'qss_user', duty: 'medical' },
    menu_roles: ['qss_treatment'],
    holder: scryptSync(nationalId, Buffer.from(salt, 'base64url'), 32, {
      ...{ N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 },
    }).toString('base64url'),
    ...over,
  };
}

export class Raw {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  constructor(status: number, body = '', headers: Record<string, string> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** @param issuerOf is asked when the first call comes: the provider starts after this server */
export async function startRemoteSubsystem(issuerOf: () => string): Promise<RemoteSubsystem> {
  const subsystem: RemoteSubsystem = {
    origin: '',
    calls: [],
    answer: () => ({ proven: false }),
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
  const server: Server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const raw = Buffer.concat(chunks).toString();
      void take(raw, req.headers.authorization ?? '').then((answer) => {
        const { status, body, headers } =
          answer instanceof Raw ? answer : new Raw(200, JSON.stringify(answer));
        res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
      });
    });
  });
  const take = async (raw: string, authorization: string): Promise<unknown> => {
    const keys = createRemoteJWKSet(new URL('/oidc/jwks', issuerOf()));
    const { payload, protectedHeader } = await jwtVerify(authorization.replace('Bearer ', ''), keys, {
      ...{ issuer: issuerOf(), audience: `${subsystem.origin}/subsystem-accounts/verification` },
      algorithms: ['ES256'],
    });
    const digest = createHash('sha256').update(raw).digest('base64url');
    if (payload['body_sha256'] !== digest) return new Raw(401);
    const asked = JSON.parse(raw) as Asked;
    subsystem.calls.push({ asked, claims: payload, typ: protectedHeader.typ, raw });
    return subsystem.answer(asked);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  subsystem.origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return subsystem;
}
