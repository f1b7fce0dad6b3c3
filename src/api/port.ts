// The schema of a port: an integer or a string, because a union with an object is not a structural schema.
// parsePort in model/ports.ts defines what a port means; this file makes the API server agree with it.
import * as z from 'zod';
import { parsePort } from '../model/ports.ts';
import { listOf } from '../routes/schema/collections.ts';
import { constrain } from '../routes/schema/constraint.ts';

const message =
  'must be a port number from 1 to 65535, a range like `8000-8100`, or a port name like `metrics`, each optionally followed by `/TCP`, `/UDP` or `/SCTP`';

const number = '(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})';
const name = '([0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*';

/** The syntax of a port in a string: a number, a range or an IANA service name, then a protocol. */
const portPattern = `^(${number}(-${number})?|${name})(/(TCP|UDP|SCTP))?$`;

/** The maximum length of a port as a string: a name of 15 characters and `/SCTP`. */
const longest = 20;

/** CEL for whether it is a number; before Kubernetes 1.34, `==` has the estimated cost of the longest string. */
const isNumber = 'type(self) in [int]';

/** CEL for the length of the protocol suffix of a port. */
const suffix = "(self.endsWith('/SCTP') ? 5 : self.endsWith('/TCP') || self.endsWith('/UDP') ? 4 : 0)";

/**
 * CEL that is true unless `self` is a range that starts above its end.
 *
 * Before Kubernetes 1.34 the cost estimate of an int-or-string ignores `maxLength` (apiserver `pkg/cel/common/schemas.go`), so
 * functions that traverse the string, like `split` or `matches`, exceed the budget at 10,000 ports; `charAt`, `endsWith` and `int`
 * do not. The pattern is already checked: without a letter a-z it is numbers, and a number must have no leading zero. So if the dash is
 * right of the middle, the start has more digits; if it is in the middle, the first different digits decide.
 */
function rangeAscends(): string {
  const hasLetter = `[${indices(15)}].exists(i, i < size(self) && self.charAt(i) >= 'a' && self.charAt(i) <= 'z')`;
  const notRight = `[1, 2, 3, 4, 5].all(at, at >= length || self.charAt(at) != '-' || 2 * at < length)`;
  const difference = 'int(self.charAt(i)) - int(self.charAt(middle + 1 + i))';
  const sign = `[${indices(5)}].map(i, i < middle, (${difference}) * [10000, 1000, 100, 10, 1][i]).sum()`;
  const ascends = `[(length - 1) / 2].all(middle, length % 2 == 0 || self.charAt(middle) != '-' || ${sign} <= 0)`;
  return `${isNumber} || ${hasLetter} || [size(self) - ${suffix}].all(length, ${notRight} && ${ascends})`;
}

function indices(count: number): string {
  return Array.from({ length: count }, (_, index) => index).join(', ');
}

const matchesPattern = (value: number | string): boolean =>
  typeof value === 'number' ? value >= 1 && value <= 65535 : new RegExp(portPattern).test(value);

/** The part of a port before its protocol. */
const bare = (value: number | string): string => String(value).replace(/\/(TCP|UDP|SCTP)$/, '');

const syntax = z
  .union([z.int(), z.string()], { error: message })
  .check((context) => {
    if (matchesPattern(context.value)) return;
    const reason = parsePort(context.value);
    const more = reason.ok ? 'a number must have no leading zero' : `\`${context.value}\` is not`;
    context.issues.push({ code: 'custom', input: context.value, message: `${message}; ${more}` });
  })
  .meta({
    title: 'port',
    about:
      'A number (`27017`, `"53/UDP"`), a range (`"8000-8100"`, `"8000-8100/SCTP"`), or the name of a container port (`"metrics"`, `"dns/UDP"`), which each pod resolves for itself. Without a protocol it is TCP. Digits in a string mean a number: `"443"` is `443`.',
    syntax: message,
    'x-kubernetes-int-or-string': true,
    minimum: 1,
    maximum: 65535,
    minLength: 1,
    maxLength: longest,
    pattern: portPattern,
  });

const named = constrain(syntax, {
  rule: `${isNumber} || size(self) - ${suffix} <= 15`,
  message: 'a port name must have at most 15 characters',
  holds: (value) => bare(value).length <= 15,
  explain: (value) => `\`${bare(value)}\` has ${bare(value).length}`,
});

/** One port: `27017`, `"8000-8100"`, `"metrics"`, `"53/UDP"`, `"8000-8100/SCTP"`; without a protocol it is TCP. */
export const port = constrain(named, {
  rule: rangeAscends(),
  message: 'a range of ports must not start above its end',
  holds: (value) => parsePort(value).ok,
  explain: (value) => {
    const parsed = parsePort(value);
    return parsed.ok ? undefined : parsed.error;
  },
}).describe(
  'A port number, a range like `8000-8100`, or the name of a container port, optionally followed by `/TCP`, `/UDP` or `/SCTP`.',
);

/** A list of ports that is not empty: people would read an empty one as "none", and Kubernetes as "all". */
export function portList(tooFew = 'must have at least 1 port') {
  return listOf(port, { min: 1, max: 50, tooFew });
}
