// Where a mirror comes from: a route of a profile in another namespace, or an object there. As data it is short; people read a sentence.
// Must not know policies.
import { formatKey, type ObjectKey } from './object-key.ts';

/** As in `warehouse/stock/shop-in`. */
export function mirrorOrigin(profile: ObjectKey, route: string): string {
  return `${formatKey(profile)}/${route}`;
}

/** For people, as in `route shop-in of profile warehouse/stock`; an object, as in `Ingress shop/web`, stays as it is. */
export function originInWords(origin: string): string {
  const [, profile, route] = /^([^/ ]+\/[^/ ]+)\/([^/ ]+)$/.exec(origin) ?? [];
  return profile === undefined ? origin : `route ${route} of profile ${profile}`;
}
