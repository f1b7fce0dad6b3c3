// Texts that are nearly valid for a field, and some that are: for questions to both validators that nobody thinks of.
// Reproducible: the same seed gives the same texts. Must not know which of them are right.
import fc from 'fast-check';

/** What a field is about. It decides which texts are nearly valid. */
export type Subject = 'address' | 'cidr' | 'name' | 'label' | 'key' | 'glob' | 'port' | 'word' | 'time';

const odd = ['', '\n', '\t', '\u0000', ...' */.-_:%+"\\`$#', "'"];
const foreignText = ['é', 'ß', 'İ', '١', '８', '．', '／', '‐', '😀', '\u200b', '\u2028', '\ufeff', 'а'];

const octet = fc.oneof(
  fc.integer({ min: 0, max: 300 }).map(String),
  fc.constantFrom('0', '00', '01', '255', '256', '0x1', '1e1', '-1', '+1', ''),
);
const ipv4 = fc.array(octet, { minLength: 3, maxLength: 5 }).map((octets) => octets.join('.'));
const group = fc.oneof(
  fc.stringMatching(/^[0-9a-fA-F]{1,5}$/),
  fc.constantFrom('0', 'ffff', 'FFFF', '00000', 'g', ''),
);
const ipv6 = fc
  .tuple(
    fc.array(group, { maxLength: 8 }),
    fc.constantFrom('::', ':', '', ':::'),
    fc.array(group, { maxLength: 8 }),
    fc.oneof(
      fc.constant(''),
      ipv4.map((text) => `:${text}`),
      fc.constantFrom('%eth0', '%', ':'),
    ),
  )
  .map(([head, middle, tail, end]) => `${head.join(':')}${middle}${tail.join(':')}${end}`);
const rightful = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((text) => `::${text}`),
  fc.ipV4().map((text) => `::ffff:${text}`),
  fc.ipV4().map((text) => `64:ff9b::${text}`),
);
const address = fc.oneof(ipv4, ipv6, rightful, rightful);
const prefix = fc.oneof(
  fc.integer({ min: 0, max: 130 }).map(String),
  fc.constantFrom('', '00', '08', '+8', '-0', ' 8', '8 ', '0x8', '32', '128', '255.0.0.0'),
);
const network = fc.constantFrom(
  '0.0.0.0/0',
  '10.0.0.0/8',
  '::/0',
  '::/96',
  'FD00::/8',
  '2001:DB8:0:0::/32',
  '::1.2.0.0/112',
);
const cidr = fc.oneof(
  network,
  fc.tuple(address, prefix).map(([text, length]) => `${text}/${length}`),
  rightful.map((text) => `${text}/${text.includes(':') ? 128 : 32}`),
  address,
);

const characters = fc.constantFrom(...'abzAZ019', ...'-._*/', ...'-.a0', 'é', ' ');
const name = fc.oneof(
  fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
  fc.array(characters, { maxLength: 70 }).map((all) => all.join('')),
  fc.constantFrom(
    'a'.repeat(63),
    'a'.repeat(64),
    '😀'.repeat(63),
    `a${'-'.repeat(61)}b`,
    `${'a'.repeat(62)}-`,
  ),
);
const key = fc.oneof(
  name,
  fc.tuple(name, name).map(([left, right]) => `${left}/${right}`),
  fc.constantFrom(
    'a/b/c',
    `${'a.'.repeat(126)}a/b`,
    `${'a'.repeat(253)}/${'b'.repeat(63)}`,
    `${'a'.repeat(254)}/b`,
  ),
);
const port = fc.oneof(
  fc.integer({ min: -1, max: 65_600 }).map(String),
  fc
    .tuple(fc.integer({ min: 0, max: 65_600 }), fc.integer({ min: 0, max: 65_600 }))
    .map(([a, b]) => `${a}-${b}`),
  fc.stringMatching(/^[a-z0-9-]{1,16}$/),
);
const portAnd = fc
  .tuple(port, fc.constantFrom('', '', '/TCP', '/UDP', '/SCTP', '/tcp', '/ICMP', '/'))
  .map(([text, protocol]) => text + protocol);
const words = fc.constantFrom(
  ...['Enforce', 'DryRun', 'Off', 'On', 'enforce', 'Auto', 'None'],
  ...['Unrestricted', 'ClusterOnly', 'Restricted'],
  ...['In', 'NotIn', 'Exists', 'DoesNotExist', 'ingress-nginx', 'app', 'pods', 'fqdn', 'true', 'null', '0'],
);

const time = fc
  .tuple(
    fc.oneof(
      fc
        .date({ min: new Date('1999-01-01'), max: new Date('2999-01-01'), noInvalidDate: true })
        .map((at) => at.toISOString().slice(0, 10)),
      fc
        .tuple(fc.constantFrom(1900, 2000, 2023, 2024), fc.nat(13), fc.nat(32))
        .map((numbers) => numbers.map((number) => String(number).padStart(2, '0')).join('-')),
    ),
    fc.constantFrom('T', 'T', 'T', 't', ' '),
    fc
      .tuple(fc.nat(24), fc.nat(60), fc.nat(60))
      .map((numbers) => numbers.map((number) => String(number).padStart(2, '0')).join(':')),
    fc.constantFrom('', '', '.5', '.123456789', '.0123456789', '.', ',5'),
    fc.constantFrom('Z', 'Z', 'z', '+01:00', '-23:59', '+24:00', '+0100', '+01', ''),
  )
  .map((parts) => parts.join(''));

const bySubject: Readonly<Record<Subject, fc.Arbitrary<string>>> = {
  ...{ time, address, cidr, key, name, label: name, glob: name, port: portAnd },
  word: fc.oneof(words, name),
};

/** Puts something odd into a text, or takes something out of it. */
function spoiled(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return (
    fc
      .tuple(texts, fc.constantFrom(...odd, ...foreignText), fc.nat(), fc.boolean())
      .map(([text, extra, where, takesOne]) => {
        const at = where % (text.length + 1);
        return text.slice(0, at) + extra + text.slice(at + (takesOne ? 1 : 0));
      })
      // Half of a surrogate pair is no text that JSON could carry.
      .filter((text) => text.isWellFormed())
  );
}

/** As many texts for a field as `count`. */
export function nearlyRight(subject: Subject, count: number, seed: number): readonly string[] {
  const texts = bySubject[subject];
  return fc.sample(fc.oneof({ weight: 3, arbitrary: texts }, { weight: 1, arbitrary: spoiled(texts) }), {
    numRuns: count,
    seed,
  });
}
