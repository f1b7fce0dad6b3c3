// Sets of ports in the words that the command line takes: each could be given as PORT again.
import { formatPortSet, isEmpty, isEveryPort, type PortSet } from '../../model/port-set.ts';

/** As in `['80', '8000-8100', '53/UDP']`; `['all']` where it is every port of every protocol. */
export function portTexts(ports: PortSet): readonly string[] {
  return isEmpty(ports) ? [] : formatPortSet(ports).split(', ');
}

/** As in `80, 53/UDP`, `all ports`, `no port`. */
export function sayPorts(ports: PortSet): string {
  if (isEmpty(ports)) return 'no port';
  return isEveryPort(ports) ? 'all ports' : formatPortSet(ports);
}
