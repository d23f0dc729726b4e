/**
 * One page leads to a row however many there are, where a tree is read from its root: the reads of every protocol
 * request find a person, an account, its binding, its unit and its session one by one. The keys stay what makes them unique.
 */
export const indexes = {
  account_point: 'account using hash (id)',
  subsystem_account_point: 'subsystem_account using hash (id)',
  binding_point: 'binding using hash (subsystem_account_id)',
  unit_point: 'unit using hash (code)',
  session_point: 'oidc_session using hash (uid)',
};

export async function up(): Promise<void> {}
