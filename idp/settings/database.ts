import { databaseShape } from '#db/settings.ts';
import { section } from '#kit/settings.ts';

export const database = section({ title: 'The database', settings: databaseShape('IDP') });
