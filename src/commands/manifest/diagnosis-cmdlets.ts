/** A part of the manifest: what is wrong, and the trace, in the order of the help. */
import clearTrace from '../clear-trace.ts';
import clearXmppDnsCache from '../clear-xmpp-dns-cache.ts';
import disconnectXmppSession from '../disconnect-xmpp-session.ts';
import exportDnsRecord from '../export-dns-record.ts';
import exportTrace from '../export-trace.ts';
import getDnsRecord from '../get-dns-record.ts';
import getImSession from '../get-im-session.ts';
import getMigrationStatus from '../get-migration-status.ts';
import getSipRegistration from '../get-sip-registration.ts';
import getTrace from '../get-trace.ts';
import getXmppFederationFailure from '../get-xmpp-federation-failure.ts';
import getXmppPeerCertificate from '../get-xmpp-peer-certificate.ts';
import getXmppSession from '../get-xmpp-session.ts';
import type { Cmdlet } from '../host/cmdlet.ts';
import invokeMigrationStep from '../invoke-migration-step.ts';
import measureTrace from '../measure-trace.ts';
import publishDnsRecord from '../publish-dns-record.ts';
import removeSipRegistration from '../remove-sip-registration.ts';
import searchTrace from '../search-trace.ts';
import showMessageFlow from '../show-message-flow.ts';
import showNegotiation from '../show-negotiation.ts';
import showTopology from '../show-topology.ts';
import startTrace from '../start-trace.ts';
import stopTrace from '../stop-trace.ts';
import testCertificateConfiguration from '../test-certificate-configuration.ts';
import testDnsRecord from '../test-dns-record.ts';
import testFederatedPartner from '../test-federated-partner.ts';
import testFederationRoute from '../test-federation-route.ts';
import testMigrationReadiness from '../test-migration-readiness.ts';
import testPresence from '../test-presence.ts';
import testXmppIm from '../test-xmpp-im.ts';

export const diagnosis: readonly Cmdlet[] = [
  // Diagnosis
  showNegotiation,
  showTopology,
  testFederationRoute,
  testFederatedPartner,
  getDnsRecord,
  exportDnsRecord,
  publishDnsRecord,
  testDnsRecord,
  testCertificateConfiguration,
  testXmppIm,
  testPresence,
  testMigrationReadiness,
  invokeMigrationStep,
  getMigrationStatus,
  getSipRegistration,
  removeSipRegistration,
  getImSession,
  getXmppSession,
  disconnectXmppSession,
  getXmppPeerCertificate,
  getXmppFederationFailure,
  clearXmppDnsCache,
  // Trace
  showMessageFlow,
  searchTrace,
  measureTrace,
  startTrace,
  stopTrace,
  getTrace,
  exportTrace,
  clearTrace,
];
