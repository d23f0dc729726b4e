export interface KnownHolder {
  sub: string;
  account: {
    id: string;
    unit: { code: string; name: string; kind: string; county: string; town: string };
    role: string;
    duty: string;
    menuRoles: string[];
  };
  seenAt: Date;
  /** What the single entry was last told, and when. */
  told: string;
  toldAt: Date | null;
}
