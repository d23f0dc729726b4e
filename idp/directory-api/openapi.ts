import { z } from 'zod';
import { API, CALLS_PER_MINUTE, MESSAGES_SEND } from './policy.ts';
import { messageSchema } from './schema.ts';

/** The API described for programs (OpenAPI 3.1); the request's shape is made from what the server checks with. */
export function describeApi(issuer: string): object {
  const problem = (description: string) => ({
    description,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
  const outcome = (description: string, status: string) => ({
    description,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['status'],
          properties: { status: { type: 'string', const: status } },
        },
      },
    },
  });
  return {
    openapi: '3.1.0',
    info: { title: 'Single entry directory API', version: '1' },
    servers: [{ url: issuer + API }],
    security: [{ client: [MESSAGES_SEND] }],
    paths: {
      '/messages': {
        post: {
          operationId: 'sendMessage',
          summary: 'Leave a message for the holder of one of your accounts',
          description: `The subject is shown after your manifest's prefix. Call with a token of your own (client_credentials, resource ${issuer}${API}); at most ${CALLS_PER_MINUTE} calls a minute.`,
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Message' } } },
          },
          responses: {
            201: outcome('Left for the person', 'sent'),
            200: outcome('A message of this dedupe_key was left before; nothing changes', 'sent_before'),
            400: problem('Not JSON, or not of this shape'),
            401: problem('No token, or none that counts here'),
            403: problem('The token lacks the scope'),
            404: problem('Not an account of your subsystem that a person holds'),
            413: problem('Over 64 KiB'),
            415: problem('Not application/json'),
            422: problem('The link leads neither into the portal nor to your subsystem'),
            429: problem('Too many calls; see Retry-After'),
          },
        },
      },
    },
    components: {
      securitySchemes: {
        client: {
          type: 'oauth2',
          flows: {
            clientCredentials: {
              tokenUrl: `${issuer}/oidc/token`,
              scopes: { [MESSAGES_SEND]: 'Leave messages for people who have an account at your subsystem' },
            },
          },
        },
      },
      schemas: {
        Message: z.toJSONSchema(messageSchema, { io: 'input' }),
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
