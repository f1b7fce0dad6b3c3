// The NetworkPause: its namespace, its time, its reason, its status.
import { networkPauseExample } from '../../src/api/examples.ts';
import { type AgreementCase, cases, pauseCase, type Refusal } from './agreement-case.ts';
import { isEmptyText, isMissing, isNoDnsLabel, isNotOneOf, isOfAnotherType, isUnknown } from './refusals.ts';

const isNoTime: Refusal = { path: 'spec.until', says: 'must be a time like `2026-01-02T15:04:05Z`' };
const isNoLine: Refusal = { path: 'spec.reason', says: 'must be one line, without control characters' };
const until = (time: string) => ({ until: time });

const withStatus = (title: string, status: unknown, refused?: Refusal): AgreementCase => ({
  ...pauseCase(title, {}, refused),
  status,
});

/** Every case about a NetworkPause. */
export const pauseCases: readonly AgreementCase[] = [
  ...cases(pauseCase, {
    'the example of the reference is accepted': [networkPauseExample.spec],
    'a pause of both directions is accepted': [{ direction: null }],
    'a pause of the direction Egress is accepted': [{ direction: 'Egress' }],
    'a time with a fraction and an offset is accepted': [until('2026-01-02T15:04:05.123456789+05:30')],
    'the 29th of February of a leap year is accepted': [until('2028-02-29T00:00:00Z')],
    'the 29th of February of another year is refused': [until('2027-02-29T00:00:00Z'), isNoTime],
    'the 29th of February of 2100 is refused': [until('2100-02-29T00:00:00Z'), isNoTime],
    'the 31st of a month with 30 days is refused': [until('2026-04-31T00:00:00Z'), isNoTime],
    'a leap second is refused': [until('2026-12-31T23:59:60Z'), isNoTime],
    'a time without a zone is refused': [until('2026-01-02T15:04:05'), isNoTime],
    'a date is refused': [until('2026-01-02'), isNoTime],
    'a time in lower case is refused': [until('2026-01-02t15:04:05z'), isNoTime],
    'a duration is refused': [until('2h'), isNoTime],
    'a pause without an end is refused': [{ until: null }, isMissing('spec.until')],
    'a pause without a reason is refused': [{ reason: null }, isMissing('spec.reason')],
    'a pause without a namespace is refused': [{ namespace: null }, isMissing('spec.namespace')],
    'an empty reason is refused': [{ reason: '' }, isEmptyText('spec.reason')],
    'a reason in any language is accepted': [{ reason: 'Zahlung gestört – 支払い 🔥' }],
    'a reason of two lines is refused': [{ reason: 'checkout\nis down' }, isNoLine],
    'a reason with an escape sequence is refused': [{ reason: '\u001b[2J' }, isNoLine],
    'a pattern of namespaces is refused': [{ namespace: 'shop-*' }, isNoDnsLabel('spec.namespace')],
    'a direction in lower case is refused': [
      { direction: 'ingress' },
      isNotOneOf('spec.direction', 'must be `Ingress` or `Egress`'),
    ],
    'a list of directions is refused': [
      { direction: ['Ingress'] },
      isOfAnotherType('spec.direction', 'must be `Ingress` or `Egress`', 'string'),
    ],
    'a duration beside the end is refused': [{ for: '2h' }, isUnknown('spec.for', 'allowed are `namespace`')],
  }),
  ...cases(withStatus, {
    'the status of the example is accepted': [networkPauseExample.status],
    'a state that does not exist is refused': [
      { state: 'InForce' },
      isNotOneOf('status.state', 'must be `Active`, `NotNeeded`, `Pending` or `Expired`'),
    ],
  }),
];
