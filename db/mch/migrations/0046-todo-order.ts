/** What the first page counts of children born lately, without reading the rows of anybody. */
export const indexes = {
  patient_child_born: "patient (birth_date) include (id) where kind = 'child'",
  birth_of_unit: 'birth (unit_code, child_id) where registered_at is not null and is_alive',
};

export async function up(): Promise<void> {}
