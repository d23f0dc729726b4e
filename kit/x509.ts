/**
 * The X.509 library. It needs metadata reflection to be there before it is evaluated, which only a dynamic import
 * guarantees whoever imports what in which order.
 */
import 'reflect-metadata';
import type * as Library from '@peculiar/x509';

const x509 = await import('@peculiar/x509');

export const {
  AuthorityInfoAccessExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} = x509;
export type Extension = Library.Extension;
export type JsonName = Library.JsonName;
export type KeyUsageFlags = Library.KeyUsageFlags;
export type X509Certificate = Library.X509Certificate;
