/** The access edge: whether users may talk to other organisations at all, by SIP and by XMPP. */
import type { AccessEdgeConfiguration, Configuration } from '../config/configuration.ts';

export const setAccessEdge = (configuration: Configuration, settings: AccessEdgeConfiguration): Configuration => ({
  ...configuration,
  accessEdge: settings,
});

/** The object that cmdlets emit. */
export const accessEdgeObject = ({ allowFederatedUsers }: AccessEdgeConfiguration, changed?: boolean) => ({
  Identity: 'Global',
  AllowFederatedUsers: allowFederatedUsers,
  ...(changed === undefined ? {} : { Changed: changed }),
});
