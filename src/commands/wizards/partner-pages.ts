/** The questions of the partner form: seven, on three pages. What each choice of the negotiation leaves is in its line, as things stand. */
import type { Configuration } from '../../config/configuration.ts';
import { partnerDefaults } from '../../config/defaults.ts';
import { type FederatedPartner, negotiations, partnerTypes } from '../../config/federated-partner.ts';
import { type NegotiationSettings, negotiationOutcome, negotiationRemarks } from '../../config/negotiation.ts';
import { printValue } from '../../config/property-difference.ts';
import { newFederatedPartner } from '../../operations/federated-partners.ts';
import { isCodedError } from '../../primitives/errors.ts';
import { booleanOf } from '../host/boolean-word.ts';
import { english, filledIn, type Localize } from '../host/localized-text.ts';
import { domainName, listOf } from '../host/parameters.ts';
import { phrases } from '../host/phrases.ts';
import { partnerSettings } from '../settings/partner-parameters.ts';
import type { Answers, WizardPage, WizardQuestion } from './step-driver.ts';

/** The pages and the summary. */
export const pageCount = 4;

const domains = listOf(domainName);

const help = (name: keyof typeof partnerSettings): string => partnerSettings[name].help;

/** The negotiation as answered so far, with the defaults for what was not. */
export function negotiationIn(answers: Answers): NegotiationSettings {
  const one = (name: string) => negotiations.find((each) => each === answers[name]);
  return {
    tlsNegotiation: one('TlsNegotiation') ?? partnerDefaults.tlsNegotiation,
    saslNegotiation: one('SaslNegotiation') ?? partnerDefaults.saslNegotiation,
    supportDialbackNegotiation:
      booleanOf(answers['SupportDialbackNegotiation'] ?? '') ?? partnerDefaults.supportDialbackNegotiation,
  };
}

/** `SASL over TLS, TLS Dialback`, or why nothing is left. */
export function methodsLine(settings: NegotiationSettings, localize: Localize = english): string {
  const { methods, class: kind, remark } = negotiationOutcome(settings);
  if (kind === 'Invalid' && remark !== undefined) {
    return filledIn(localize(phrases.notValid), { remark: localize(negotiationRemarks[remark]) });
  }
  return remark === undefined ? methods.join(', ') : `${methods.join(', ')} (${localize(negotiationRemarks[remark])})`;
}

/** @param force - A partner that exists is no obstacle. */
export function partnerPages(
  answers: Answers,
  configuration: Configuration,
  force: boolean,
  localize: Localize = english,
): readonly WizardPage[] {
  const allOfIt = filledIn(localize(phrases.allOfIt), { line: 'xgw get-help about_partnertypes' });
  return [
    {
      title: 'Partner',
      questions: [identity(configuration, force), description, additionalDomains(configuration, force)],
    },
    { title: 'Partner type', intro: () => [allOfIt], questions: [partnerType] },
    {
      title: 'Negotiation',
      intro: (given) => [effectiveMethods(negotiationIn(given), localize)],
      questions: [
        negotiation('TlsNegotiation', 'TLS', answers, localize),
        negotiation('SaslNegotiation', 'SASL', answers, localize),
        negotiation('SupportDialbackNegotiation', 'Dialback', answers, localize),
      ],
    },
  ];
}

export const effectiveMethods = (settings: NegotiationSettings, localize: Localize): string =>
  filledIn(localize(phrases.effectiveMethods), { methods: methodsLine(settings, localize) });

const identity = (configuration: Configuration, force: boolean): WizardQuestion => ({
  parameter: 'Identity',
  message: 'Primary domain',
  help: 'The domain of the partner, the part of its addresses after the @: fabrikam.com.',
  initial: () => '',
  refuse(answer) {
    const parsed = domainName.parse(answer);
    if (!parsed.ok) return `${parsed.error} Type a domain such as fabrikam.com.`;
    return refusalOf({ ...partnerDefaults, identity: parsed.value }, configuration, force);
  },
});

const description: WizardQuestion = {
  parameter: 'Description',
  message: 'Description',
  help: `${help('Description')} It may stay empty.`,
  initial: () => '',
  refuse(answer) {
    const parsed = partnerSettings.Description.type.parse(answer);
    return parsed.ok ? undefined : parsed.error;
  },
};

const additionalDomains = (configuration: Configuration, force: boolean): WizardQuestion => ({
  parameter: 'AdditionalDomains',
  message: 'Additional domains',
  help: 'Further domains of the same partner, separated by commas: b2b.fabrikam.com, fabrikam.net. It may stay empty.',
  initial: () => '',
  refuse(answer, answers) {
    const [primary, more] = [domainName.parse(answers['Identity'] ?? ''), domains.parse(answer)];
    if (!more.ok) return `${more.error} Separate domains by commas: b2b.fabrikam.com, fabrikam.net.`;
    if (!primary.ok) return undefined;
    const partner = { ...partnerDefaults, identity: primary.value, additionalDomains: more.value };
    return refusalOf(partner, configuration, force);
  },
});

/** What new- would say. */
function refusalOf(partner: FederatedPartner, configuration: Configuration, force: boolean): string | undefined {
  try {
    newFederatedPartner(configuration, partner, force ? 'replace' : 'refuse');
    return undefined;
  } catch (error) {
    if (isCodedError(error)) return `${error.message} ${error.reason ?? ''}`.trimEnd();
    throw error;
  }
}

const consequences: Readonly<Record<(typeof partnerTypes)[number], string>> = {
  Federated: 'An organisation you work with: its contacts see presence and send messages at once.',
  PublicVerified: 'A public network that vouches for its users: as Federated, but no notes. Not recommended.',
  PublicUnverified: 'A public network: nobody reaches your user before your user has added them.',
};

const partnerType: WizardQuestion = {
  parameter: 'PartnerType',
  message: 'Partner type',
  help: help('PartnerType'),
  choices: partnerTypes.map((value) => ({ value, meaning: consequences[value] })),
  initial: () => partnerDefaults.partnerType,
};

type NegotiationParameter = 'TlsNegotiation' | 'SaslNegotiation' | 'SupportDialbackNegotiation';

/** What would be left with each answer, given the others. An answer that leaves nothing is refused at the last question. */
function negotiation(
  parameter: NegotiationParameter,
  message: string,
  answers: Answers,
  localize: Localize,
): WizardQuestion {
  const isLast = parameter === 'SupportDialbackNegotiation';
  const values = isLast ? ['True', 'False'] : negotiations;
  const outcome = (value: string, given: Answers) => negotiationIn({ ...given, [parameter]: value });
  const leaves = (value: string): string =>
    filledIn(localize(phrases.leaves), { methods: methodsLine(outcome(value, answers), localize) });
  const setting = {
    TlsNegotiation: 'tlsNegotiation',
    SaslNegotiation: 'saslNegotiation',
    SupportDialbackNegotiation: 'supportDialbackNegotiation',
  } as const;
  return {
    parameter,
    message,
    help: help(parameter),
    choices: values.map((value) => ({ value, meaning: leaves(value) })),
    initial: () => printValue(partnerDefaults[setting[parameter]]),
    refuse(answer, given) {
      const settings = outcome(answer, given);
      const isInvalid = isLast && negotiationOutcome(settings).class === 'Invalid';
      return isInvalid ? `${methodsLine(settings, localize)}. ${localize(phrases.chooseAnother)}` : undefined;
    },
    note: (answer, given) => effectiveMethods(outcome(answer, given), localize),
  };
}
