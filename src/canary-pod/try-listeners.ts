// Tries the two listeners of a round: both where the client is allowed, each with the question whether it reaches the other one, and then
// both where the client is denied. Must not know what follows from it.
import { controlPort, deniedPort } from '../canary/canary-table.ts';
import type { Listener, Round, RoundResult, Tried } from '../canary/rounds.ts';
import { tryConnection } from '../dial/try-connection.ts';
import { askListener } from './ask-listener.ts';

/** What came of both. */
export async function tryListeners({ Ingress, Egress }: Round['listeners']): Promise<RoundResult['tried']> {
  const [first, second] = await Promise.all([ask(Ingress, Egress), ask(Egress, Ingress)]);
  const [ingress, egress] = await Promise.all([
    first && Ingress && tryDenied(Ingress, first.control, second?.reachesOther),
    second && Egress && tryDenied(Egress, second.control, first?.reachesOther),
  ]);
  return { ...(ingress && { Ingress: ingress }), ...(egress && { Egress: egress }) };
}

interface Answer {
  /** Whether the listener itself answered. */
  readonly control: boolean;
  /** Whether the other one answered it at the denied port. */
  readonly reachesOther: boolean;
}

async function ask(listener: Listener | undefined, other: Listener | undefined): Promise<Answer | undefined> {
  if (listener === undefined) return undefined;
  const answer = await askListener(listener.address, controlPort, { say: other?.address ?? '' });
  const [name, reached] = answer?.split(' ') ?? [];
  return {
    control: name === listener.pod,
    reachesOther: other !== undefined && reached === other.pod,
  };
}

async function tryDenied({ address }: Listener, control: boolean, listens = false): Promise<Tried> {
  const { result } = await tryConnection({ protocol: 'TCP', address, port: deniedPort });
  return { control, listens, denied: result };
}
