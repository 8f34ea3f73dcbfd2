/** What the process before has left is told of under the names that everything else of a partner has. */
import { expect, it } from '@jest/globals';

import { OrderedDeliveries } from '../../src/gateway/ordered-deliveries.ts';
import { scriptedCrossing } from '../support/crossing.ts';
import { gatewayParts } from '../support/gateway-parts.ts';
import { memoryState } from '../support/memory-state.ts';

it('a message in doubt to an internationalised domain counts for the partner as the configuration names it', () => {
  const doubtful = {
    from: 'alice@contoso.example',
    to: 'bob@bücher.example',
    correlationId: 'C1',
    sender: 'sip:alice@contoso.example',
  };
  const crossing = scriptedCrossing();
  gatewayParts(crossing, new OrderedDeliveries(), memoryState([['sent-message m1', doubtful]])).restore();
  const [event] = crossing.events.filter(({ id }) => id === 'MessageGivenUp');
  expect(event?.facts).toMatchObject({ partner: 'xn--bcher-kva.example' });
});
