import { section } from '#kit/settings.ts';
import { telemetrySettings } from '#kit/telemetry/settings.ts';

export const telemetry = section({ title: 'Seen from outside', settings: telemetrySettings('IDP') });
