import { z } from 'zod';
import { SECRET, section, whole } from '#kit/settings.ts';

export const database = section({
  title: 'The database',
  settings: {
    IDP_DATABASE_URL: z.string().min(1).describe('`postgres://…`, a database of its own').meta(SECRET),
    IDP_DATABASE_CONNECTIONS: whole(10, 200).describe('connections for requests, at most, a process'),
  },
});
