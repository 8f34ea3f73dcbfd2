/** What ten thousand partners cost where one of them is meant: a cmdlet, a decision, the start of the gateway. */
import type { Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration, partnerDefaults, policyDefaults } from '../../src/config/defaults.ts';
import type { FederatedPartner } from '../../src/config/federated-partner.ts';
import { admitContact, stranger } from '../../src/gateway/policy/contacts.ts';
import { streamSecurityFor } from '../../src/gateway/policy/stream-security.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import type { Xgw } from '../support/xgw.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { cheapest } from './cpu-time.ts';
import { median } from './median.ts';
import { startedGateway } from './started-gateway.ts';
import { additionalName, hasAdditional, partnerName, siteWithPartners } from './stored-partners.ts';

export interface ManyPartners {
  readonly few: number;
  readonly many: number;
  /** Of each cmdlet, of each decision, and of starts. */
  readonly rounds: number;
}

const usual: ManyPartners = { few: 10, many: 10_000, rounds: 11 };

/** How much one of many may cost more than one of few. */
const atMostRatio = 1.5;
const startMs = 2000;

/** What is typed, in the middle of the names; each round has a partner of its own to make. */
const cmdlets: readonly { readonly name: string; words(round: number): readonly string[] }[] = [
  { name: 'get-xmppfederatedpartner', words: () => ['get-xmppfederatedpartner', partnerName(5)] },
  { name: 'new-xmppfederatedpartner', words: (round) => ['new-xmppfederatedpartner', `new${round}.example`] },
  {
    name: 'set-xmppfederatedpartner',
    words: (round) => ['set-xmppfederatedpartner', partnerName(5), '-Description', `round ${round}`],
  },
];

async function cmdletFigures([few, many]: readonly [Xgw, Xgw], order: ManyPartners): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { name, words } of cmdlets) {
    const [ofFew, ofMany]: [number[], number[]] = [[], []];
    // The first round warms the file cache, and does not count.
    for (let round = 0; round <= order.rounds; round += 1) {
      const took = [await elapsed(few, words(round)), await elapsed(many, words(round))] as const;
      if (round === 0) continue;
      ofFew.push(took[0]);
      ofMany.push(took[1]);
    }
    const yardstick = median(ofFew);
    const value = median(ofMany);
    figures.push(
      { name: `${name}, ${order.few} partners`, value: yardstick, unit: 'ms' },
      { name: `${name}, ${order.many} partners`, value, unit: 'ms', ratio: value / yardstick, atMostRatio },
    );
  }
  return figures;
}

/** Milliseconds. @throws When it fails: a failure is fast. */
async function elapsed(xgw: Xgw, words: readonly string[]): Promise<number> {
  const begun = performance.now();
  await xgw.run(...words);
  return performance.now() - begun;
}

const asDomain = (name: string): DomainName => name as DomainName;

function configurationOf(count: number): Configuration {
  const partners = Array.from(
    { length: count },
    (_, index): FederatedPartner => ({
      ...partnerDefaults,
      identity: asDomain(partnerName(index)),
      additionalDomains: hasAdditional(index) ? [asDomain(additionalName(index))] : [],
      partnerType: 'Federated',
    }),
  );
  return {
    ...emptyConfiguration,
    sipDomains: { 'contoso.example': { identity: asDomain('contoso.example'), isDefault: true } },
    federatedPartners: Object.fromEntries(partners.map((partner) => [partner.identity, partner])),
    users: { [user]: { identity: user, displayName: 'Alice', survivableBranch: false } },
    externalAccessPolicies: {
      Global: { identity: 'Global', ...policyDefaults, enableFederationAccess: true, enableXmppAccess: true },
    },
    accessEdge: { allowFederatedUsers: true },
  };
}

const user = 'sip:alice@contoso.example';
const now = new Date('2026-01-01T00:00:00Z');

/** What is asked of policy for each message and for each stream; 1 where the answer is the expected one. */
function decisions(configuration: Configuration, count: number) {
  const last = Math.floor((count - 1) / 10) * 10;
  const message = (domain: string, isAllowed: boolean) => (): number => {
    const contactAor = `sip:bob@${domain}`;
    const act = {
      action: 'SendIm',
      direction: 'FromContact',
      userAor: user,
      contactAor,
      standing: stranger,
    } as const;
    return expected(admitContact(configuration, act, now).ok === isAllowed, domain);
  };
  return {
    'a message of a primary domain': message(partnerName(last), true),
    'a message of an additional domain': message(additionalName(last), true),
    'a message of an unknown domain': message('stranger.example', false),
    'a stream of an additional domain': () =>
      expected(streamSecurityFor(configuration, additionalName(last), () => [], now) !== undefined, 'a stream'),
  };
}

function expected(isSo: boolean, what: string): number {
  if (!isSo) throw new Error(`policy decides otherwise of ${what}`);
  return 1;
}

function decisionFigures({ few, many, rounds }: ManyPartners): readonly Figure[] {
  const [ofFew, ofMany] = [decisions(configurationOf(few), few), decisions(configurationOf(many), many)];
  return (Object.keys(ofFew) as (keyof typeof ofFew)[]).flatMap((name): readonly Figure[] => {
    const costs = cheapest({ few: ofFew[name], many: ofMany[name] }, rounds);
    return [
      { name: `${name}, ${few} partners`, value: costs.few, unit: 'µs' },
      { name: `${name}, ${many} partners`, value: costs.many, unit: 'µs', ratio: costs.many / costs.few, atMostRatio },
    ];
  });
}

async function startFigure({ home }: Xgw, { many, rounds }: ManyPartners): Promise<Figure> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { gateway, readyMs } = await startedGateway(home);
    times.push(readyMs);
    await gateway.stop();
  }
  return {
    name: `start-service until it is ready, ${many} partners`,
    value: median(times),
    unit: 'ms',
    atMost: startMs,
  };
}

export async function manyPartnersFigures(order: ManyPartners): Promise<readonly Figure[]> {
  // A store has room for 10,000: the last round makes the last of them.
  const begins = (count: number): Promise<Xgw> => siteWithPartners(Math.max(count - order.rounds - 1, order.few));
  const sites = [await begins(order.few), await begins(order.many)] as const;
  const start = await startFigure(sites[1], order);
  return [...(await cmdletFigures(sites, order)), ...decisionFigures(order), start];
}

export const manyPartners: Benchmark = {
  name: 'many-partners',
  about: `one of ${usual.many} partners, medians of ${usual.rounds} runs that take turns; the yardstick is one of ${usual.few}`,
  run: () => manyPartnersFigures(usual),
};
