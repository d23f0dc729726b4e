import type { Locale } from '#kit/http/locale.ts';
import type { Manifest } from './manifest.ts';

/** A label in both languages of the interface. */
export type Localized = Record<Locale, string>;

export interface Subsystem {
  code: string;
  suffix: string;
  colour: number;
  name: Localized;
  shortName: Localized;
  manifest: Manifest;
}

/** A relying party as the protocol edge needs it: its metadata and, where it belongs to one, its subsystem. */
export interface RegisteredClient {
  clientId: string;
  /** OpenID Connect Dynamic Client Registration metadata, without any secret. */
  metadata: Record<string, unknown>;
  secretDigest: Buffer | undefined;
  active: boolean;
  revision: number;
  subsystem: Subsystem | undefined;
}
