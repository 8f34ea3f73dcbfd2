/** All definitions as the data that completion reads; called by the build. */
import { aboutTopics } from '../host/about-topics.ts';
import { type Cmdlet, describeCmdlet, describeParameters } from '../host/cmdlet.ts';
import { allParametersOf } from '../host/common-parameters.ts';
import type { Definitions } from './definitions.ts';

export const describeDefinitions = (cmdlets: readonly Cmdlet[]): Definitions => ({
  cmdlets: cmdlets.map((cmdlet) => ({
    ...describeCmdlet(cmdlet),
    parameters: describeParameters(allParametersOf(cmdlet)),
  })),
  topics: aboutTopics.map(({ name, synopsis }) => ({ name, synopsis })),
});
