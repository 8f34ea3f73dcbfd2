/** The manifest: every cmdlet, in the order of the help. */

import backupConfiguration from './backup-configuration.ts';
import clearXmppDnsCache from './clear-xmpp-dns-cache.ts';
import convertFromJson from './convertfrom-json.ts';
import convertToJson from './convertto-json.ts';
import disconnectXmppSession from './disconnect-xmpp-session.ts';
import enterManagementShell from './enter-management-shell.ts';
import exportCertificate from './export-certificate.ts';
import exportClixml from './export-clixml.ts';
import exportCsv from './export-csv.ts';
import exportDnsRecord from './export-dns-record.ts';
import forEachObject from './foreach-object.ts';
import formatList from './format-list.ts';
import formatTable from './format-table.ts';
import getAccessEdgeConfiguration from './get-access-edge-configuration.ts';
import getAuditLog from './get-audit-log.ts';
import getCertificate from './get-certificate.ts';
import getCertificateRequest from './get-certificate-request.ts';
import getCommand from './get-command.ts';
import getCompletion from './get-completion.ts';
import getConfigurationHistory from './get-configuration-history.ts';
import getConfigurationStore from './get-configuration-store.ts';
import getContact from './get-contact.ts';
import getDnsRecord from './get-dns-record.ts';
import getError from './get-error.ts';
import getEventLog from './get-event-log.ts';
import getExternalAccessPolicy from './get-external-access-policy.ts';
import getHelp from './get-help.ts';
import getImSession from './get-im-session.ts';
import getPresenceSubscription from './get-presence-subscription.ts';
import getService from './get-service.ts';
import getSipDomain from './get-sip-domain.ts';
import getSipRegistration from './get-sip-registration.ts';
import getSipRoute from './get-sip-route.ts';
import getUser from './get-user.ts';
import getVersion from './get-version.ts';
import getXmppFederatedPartner from './get-xmpp-federated-partner.ts';
import getXmppFederationFailure from './get-xmpp-federation-failure.ts';
import getXmppGatewayConfiguration from './get-xmpp-gateway-configuration.ts';
import getXmppPeerCertificate from './get-xmpp-peer-certificate.ts';
import getXmppSession from './get-xmpp-session.ts';
import grantExternalAccessPolicy from './grant-external-access-policy.ts';
import groupObject from './group-object.ts';
import type { Cmdlet } from './host/cmdlet.ts';
import importCertificate from './import-certificate.ts';
import importClixml from './import-clixml.ts';
import importCsv from './import-csv.ts';
import initializeGateway from './initialize-gateway.ts';
import invokePipeline from './invoke-pipeline.ts';
import invokeScript from './invoke-script.ts';
import measureObject from './measure-object.ts';
import newContact from './new-contact.ts';
import newExternalAccessPolicy from './new-external-access-policy.ts';
import newSipDomain from './new-sip-domain.ts';
import newSipRoute from './new-sip-route.ts';
import newUser from './new-user.ts';
import newXmppFederatedPartner from './new-xmpp-federated-partner.ts';
import outFile from './out-file.ts';
import outNull from './out-null.ts';
import registerCompletion from './register-completion.ts';
import registerService from './register-service.ts';
import removeCertificate from './remove-certificate.ts';
import removeCertificateRequest from './remove-certificate-request.ts';
import removeContact from './remove-contact.ts';
import removeExternalAccessPolicy from './remove-external-access-policy.ts';
import removeSipDomain from './remove-sip-domain.ts';
import removeSipRegistration from './remove-sip-registration.ts';
import removeSipRoute from './remove-sip-route.ts';
import removeUser from './remove-user.ts';
import removeXmppFederatedPartner from './remove-xmpp-federated-partner.ts';
import requestCertificate from './request-certificate.ts';
import restartService from './restart-service.ts';
import restoreConfiguration from './restore-configuration.ts';
import resumeXmppFederatedPartner from './resume-xmpp-federated-partner.ts';
import searchAuditLog from './search-audit-log.ts';
import selectObject from './select-object.ts';
import setAccessEdgeConfiguration from './set-access-edge-configuration.ts';
import setCertificate from './set-certificate.ts';
import setContact from './set-contact.ts';
import setExternalAccessPolicy from './set-external-access-policy.ts';
import setSipDomain from './set-sip-domain.ts';
import setSipRoute from './set-sip-route.ts';
import setUser from './set-user.ts';
import setXmppFederatedPartner from './set-xmpp-federated-partner.ts';
import setXmppGatewayConfiguration from './set-xmpp-gateway-configuration.ts';
import showCertificateRequest from './show-certificate-request.ts';
import showDemonstration from './show-demonstration.ts';
import showNegotiation from './show-negotiation.ts';
import sortObject from './sort-object.ts';
import startCertificateWizard from './start-certificate-wizard.ts';
import startService from './start-service.ts';
import startTranscript from './start-transcript.ts';
import stopService from './stop-service.ts';
import stopTranscript from './stop-transcript.ts';
import suspendXmppFederatedPartner from './suspend-xmpp-federated-partner.ts';
import teeObject from './tee-object.ts';
import testAuditLog from './test-audit-log.ts';
import testCertificateConfiguration from './test-certificate-configuration.ts';
import testDnsRecord from './test-dns-record.ts';
import testFederatedPartner from './test-federated-partner.ts';
import testFederationRoute from './test-federation-route.ts';
import testPresence from './test-presence.ts';
import testXmppIm from './test-xmpp-im.ts';
import undoConfigurationChange from './undo-configuration-change.ts';
import unregisterService from './unregister-service.ts';
import updateCertificate from './update-certificate.ts';
import updateService from './update-service.ts';
import waitService from './wait-service.ts';
import whereObject from './where-object.ts';

export const cmdlets: readonly Cmdlet[] = [
  // First run
  initializeGateway,
  showDemonstration,
  // XMPP federated partners
  newXmppFederatedPartner,
  getXmppFederatedPartner,
  setXmppFederatedPartner,
  removeXmppFederatedPartner,
  suspendXmppFederatedPartner,
  resumeXmppFederatedPartner,
  // Gateway, domains and policies
  getAccessEdgeConfiguration,
  setAccessEdgeConfiguration,
  newExternalAccessPolicy,
  getExternalAccessPolicy,
  setExternalAccessPolicy,
  grantExternalAccessPolicy,
  removeExternalAccessPolicy,
  newSipDomain,
  getSipDomain,
  setSipDomain,
  removeSipDomain,
  newSipRoute,
  getSipRoute,
  setSipRoute,
  removeSipRoute,
  getXmppGatewayConfiguration,
  setXmppGatewayConfiguration,
  // Certificates
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
  // Users
  newUser,
  getUser,
  setUser,
  removeUser,
  newContact,
  getContact,
  setContact,
  removeContact,
  getPresenceSubscription,
  // Services
  getEventLog,
  getService,
  startService,
  stopService,
  restartService,
  waitService,
  updateService,
  registerService,
  unregisterService,
  // Diagnosis
  showNegotiation,
  testFederationRoute,
  testFederatedPartner,
  getDnsRecord,
  exportDnsRecord,
  testDnsRecord,
  testCertificateConfiguration,
  testXmppIm,
  testPresence,
  getSipRegistration,
  removeSipRegistration,
  getImSession,
  getXmppSession,
  disconnectXmppSession,
  getXmppPeerCertificate,
  getXmppFederationFailure,
  clearXmppDnsCache,
  // Shell and scripts
  enterManagementShell,
  invokePipeline,
  invokeScript,
  // Filters
  whereObject,
  selectObject,
  sortObject,
  groupObject,
  measureObject,
  forEachObject,
  formatTable,
  formatList,
  convertToJson,
  convertFromJson,
  exportCsv,
  importClixml,
  exportClixml,
  importCsv,
  outFile,
  teeObject,
  outNull,
  startTranscript,
  stopTranscript,
  // Help
  getCommand,
  getHelp,
  getError,
  getVersion,
  getCompletion,
  registerCompletion,
  // Audit and history
  getAuditLog,
  searchAuditLog,
  testAuditLog,
  getConfigurationHistory,
  undoConfigurationChange,
  backupConfiguration,
  restoreConfiguration,
  getConfigurationStore,
];
