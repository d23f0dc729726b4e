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
  /** The secret before this one, while it is still good. */
  previousSecret?: { digest: Buffer; until: Date } | undefined;
  active: boolean;
  revision: number;
  /** Under which the client's people have their subjects; undefined: every such client sees the same. */
  sector?: string | undefined;
  subsystem: Subsystem | undefined;
}

/** A subsystem as administrators see it in a list. */
export interface ListedSubsystem {
  subsystem: Subsystem;
  clientId: string;
  active: boolean;
  version: number;
}

/** One line of a subsystem's history; `by` is null where an operator's command did it. */
export interface SubsystemVersion {
  version: number;
  appliedAt: Date;
  reason: string;
  restores: number | null;
  by: string | null;
  loginName: string | null;
}

/** What is known of a client's secrets. */
export interface ClientSecrets {
  hasSecret: boolean;
  setAt: Date | undefined;
  /** Until when the secret before this one is good too. */
  previousUntil: Date | undefined;
}

/** An account asked for at one subsystem, as ticked. */
export interface SubsystemChoice {
  code: string;
  role: string;
  duty: string;
  menuRoles: string[];
  fields: Record<string, string[]>;
}
