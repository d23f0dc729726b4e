/** What argon2id costs: OWASP's minimum is 19456 KiB and 2 passes with one lane. */
export interface HashCost {
  memoryKib: number;
  time: number;
}

/** Verifies when it has a `hash`, else makes one. */
export interface HashJob {
  id: number;
  password: string;
  hash?: string;
  cost: HashCost;
}

export interface HashAnswer {
  id: number;
  matches?: boolean;
  hash?: string;
  error?: string;
}
