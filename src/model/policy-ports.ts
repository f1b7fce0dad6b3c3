// Converts ports as people write them to ports of a NetworkPolicy.
// Must not know whose ports they are.
import { type NonEmpty, nonEmpty, type PolicyPort } from './network-policy.ts';
import { everyPort, type PortSpec, parsePort } from './ports.ts';

/**
 * The ports of a rule; `undefined` if there is none, since an empty list would mean every port.
 *
 * @param ports decoded ports: the schema has refused unreadable ones
 */
export function policyPorts(ports: readonly (number | string)[]): NonEmpty<PolicyPort> | undefined {
  return nonEmpty(
    ports.flatMap((port) => {
      const parsed = parsePort(port);
      return parsed.ok ? [policyPort(parsed.value)] : [];
    }),
  );
}

/** Pod ports as a person would write them; `undefined` means every port. */
export function writtenPorts(
  ports: readonly PolicyPort[] | undefined,
): readonly (number | string)[] | undefined {
  return ports?.map(({ protocol, port = `${everyPort.first}-${everyPort.last}`, endPort }) => {
    const text = endPort === undefined ? port : `${port}-${endPort}`;
    return protocol === 'TCP' ? text : `${text}/${protocol}`;
  });
}

function policyPort(spec: PortSpec): PolicyPort {
  if ('name' in spec) return { protocol: spec.protocol, port: spec.name };
  const { first, last } = spec.interval;
  return { protocol: spec.protocol, port: first, ...(first === last ? {} : { endPort: last }) };
}
