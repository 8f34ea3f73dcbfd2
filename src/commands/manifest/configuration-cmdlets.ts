/** A part of the manifest: the first run, partners, gateway, domains and policies, in the order of the help. */
import getAccessEdgeConfiguration from '../get-access-edge-configuration.ts';
import getExternalAccessPolicy from '../get-external-access-policy.ts';
import getSipDomain from '../get-sip-domain.ts';
import getSipRoute from '../get-sip-route.ts';
import getXmppFederatedPartner from '../get-xmpp-federated-partner.ts';
import getXmppGatewayConfiguration from '../get-xmpp-gateway-configuration.ts';
import grantExternalAccessPolicy from '../grant-external-access-policy.ts';
import type { Cmdlet } from '../host/cmdlet.ts';
import initializeGateway from '../initialize-gateway.ts';
import newExternalAccessPolicy from '../new-external-access-policy.ts';
import newSipDomain from '../new-sip-domain.ts';
import newSipRoute from '../new-sip-route.ts';
import newXmppFederatedPartner from '../new-xmpp-federated-partner.ts';
import removeExternalAccessPolicy from '../remove-external-access-policy.ts';
import removeSipDomain from '../remove-sip-domain.ts';
import removeSipRoute from '../remove-sip-route.ts';
import removeXmppFederatedPartner from '../remove-xmpp-federated-partner.ts';
import resumeXmppFederatedPartner from '../resume-xmpp-federated-partner.ts';
import setAccessEdgeConfiguration from '../set-access-edge-configuration.ts';
import setExternalAccessPolicy from '../set-external-access-policy.ts';
import setSipDomain from '../set-sip-domain.ts';
import setSipRoute from '../set-sip-route.ts';
import setXmppFederatedPartner from '../set-xmpp-federated-partner.ts';
import setXmppGatewayConfiguration from '../set-xmpp-gateway-configuration.ts';
import showDemonstration from '../show-demonstration.ts';
import suspendXmppFederatedPartner from '../suspend-xmpp-federated-partner.ts';

export const configuration: readonly Cmdlet[] = [
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
];
