import { z } from 'zod';
import { OPERATIONS } from './operations.ts';
import { API, CALLS_PER_MINUTE } from './policy.ts';
import { API_SCOPES, scopesOf } from './scopes.ts';
import type { Operation } from './types.ts';

const COMMON = {
  400: 'Not JSON, or not of this shape; `problems` names the fields',
  401: 'No token, or none that counts here any more',
  403: 'The token lacks the scope',
  429: 'Too many calls; see Retry-After',
};
const WRITING = {
  409: 'Work under this Idempotency-Key is under way',
  413: 'Over 64 KiB',
  415: 'Not application/json',
  422: 'This Idempotency-Key was used for something else',
};

/** The API described for programs (OpenAPI 3.1); requests' shapes are made from what the server checks with. */
export function describeApi(issuer: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) {
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  }
  const scopesFor = (holder: 'client' | 'person') =>
    Object.fromEntries(scopesOf(holder).map((scope) => [scope, API_SCOPES[scope].text]));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Single entry directory API',
      version: '1',
      description: `Call with an access token for the resource ${issuer}${API}: a client's own (client_credentials), or a person's, obtained with the refresh token. At most ${CALLS_PER_MINUTE} calls a minute for each. A write with an Idempotency-Key header may be repeated for a day.`,
    },
    servers: [{ url: issuer + API }],
    paths,
    components: {
      securitySchemes: {
        client: {
          type: 'oauth2',
          flows: { clientCredentials: { tokenUrl: `${issuer}/oidc/token`, scopes: scopesFor('client') } },
        },
        person: {
          type: 'oauth2',
          flows: {
            authorizationCode: {
              authorizationUrl: `${issuer}/oidc/auth`,
              tokenUrl: `${issuer}/oidc/token`,
              scopes: scopesFor('person'),
            },
          },
        },
      },
      schemas: {
        ...Object.fromEntries(
          OPERATIONS.flatMap(({ operationId, body }) =>
            body ? [[schemaName(operationId), z.toJSONSchema(body, { io: 'input' })]] : [],
          ),
        ),
        Problem: {
          type: 'object',
          required: ['error'],
          properties: {
            error: { type: 'string' },
            request_id: { type: 'string' },
            problems: { type: 'array', items: { type: 'string' } },
          },
        },
      },
    },
  };
}

function describe(operation: Operation<never, never>): object {
  const { operationId, summary, description, body, query, scope, method } = operation;
  const texts = { ...COMMON, ...(method !== 'get' && WRITING), ...operation.responses };
  return {
    operationId,
    summary,
    ...(description !== undefined && { description }),
    security: API_SCOPES[scope].holders.map((holder) => ({ [holder]: [scope] })),
    parameters: [...pathParameters(operation.path), ...queryParameters(query), ...keyParameter(method)],
    ...(body && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: { $ref: `#/components/schemas/${schemaName(operationId)}` } },
        },
      },
    }),
    responses: Object.fromEntries(
      Object.entries(texts).map(([status, text]) => [
        status,
        Number(status) >= 400
          ? {
              description: text,
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
            }
          : { description: text, content: { 'application/json': { schema: { type: 'object' } } } },
      ]),
    ),
  };
}

const schemaName = (operationId: string): string =>
  operationId.charAt(0).toUpperCase() + operationId.slice(1);

function pathParameters(path: string) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodType | undefined) {
  if (!query) return [];
  const { properties = {} } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

function keyParameter(method: string) {
  if (method === 'get') return [];
  return [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 100 } }];
}
