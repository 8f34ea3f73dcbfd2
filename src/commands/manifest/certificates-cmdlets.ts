/** A part of the manifest: certificates, in the order of the help. */
import exportCertificate from '../export-certificate.ts';
import getCertificate from '../get-certificate.ts';
import getCertificateRequest from '../get-certificate-request.ts';
import type { Cmdlet } from '../host/cmdlet.ts';
import importCertificate from '../import-certificate.ts';
import removeCertificate from '../remove-certificate.ts';
import removeCertificateRequest from '../remove-certificate-request.ts';
import requestCertificate from '../request-certificate.ts';
import setCertificate from '../set-certificate.ts';
import showCertificateRequest from '../show-certificate-request.ts';
import startCertificateWizard from '../start-certificate-wizard.ts';
import updateCertificate from '../update-certificate.ts';

export const certificates: readonly Cmdlet[] = [
  startCertificateWizard,
  requestCertificate,
  getCertificateRequest,
  showCertificateRequest,
  removeCertificateRequest,
  importCertificate,
  getCertificate,
  setCertificate,
  updateCertificate,
  removeCertificate,
  exportCertificate,
];
