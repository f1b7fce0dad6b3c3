// Sets of ports in the syntax of the command line: each could be used as PORT again.
import { allPorts, formatPortSet, isEveryPort, type PortSet, portSets } from './port-set.ts';

/** As in `['80', '8000-8100', '53/UDP']`; `['all']` if it is every port of every protocol. */
export function portTexts(ports: PortSet): readonly string[] {
  return portSets.isEmpty(ports) ? [] : formatPortSet(ports).split(', ');
}

/** As in `80, 53/UDP`, `all ports`, `all ports but 27017`, `no port`. */
export function formatPorts(ports: PortSet): string {
  if (portSets.isEmpty(ports)) return 'no port';
  if (isEveryPort(ports)) return 'all ports';
  const text = formatPortSet(ports);
  const others = `all ports but ${formatPortSet(portSets.difference(allPorts, ports))}`;
  return others.length < text.length ? others : text;
}

/** Ports as `ports` of a route has them: a plain number is a number in YAML, too. */
export function routePortsOf(ports: PortSet): readonly (number | string)[] {
  return portTexts(ports).map((text) => (/^\d+$/.test(text) ? Number(text) : text));
}
