/** What a person sees of their own account, and may change where `ProfileChanges` has it. */
export interface Profile extends ProfileChanges {
  accountId: string;
  loginName: string;
  name: string;
  email: string;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
  nationalIdSealed: Buffer;
  /** The owner changed the ID number and nobody has confirmed it yet. */
  isDeclared: boolean;
  /** An address that waits to be confirmed. */
  pendingEmail: string | undefined;
}

export interface ProfileChanges {
  title: string;
  /** The main telephone. */
  phone: string;
  sparePhone: string;
  unitPhone: string;
  mobile: string;
  spareEmail: string;
}
