// Whether the story is told with pods and packets: where a node can run, and its programs are there or somebody asks for them.
import { hasPrograms } from '../node/node.ts';
import { whyNotHere } from '../node/requirements.ts';

/**
 * Why the story is told without a node.
 * @param isAsked whether somebody wants one, however long it takes
 * @returns a sentence that says what to do about it, or undefined where a node is to be started
 * @throws Error with the reason where one is asked for, and none can run
 */
export async function whyWithoutPackets(isAsked: boolean): Promise<string | undefined> {
  const why = await whyNotHere();
  if (why !== undefined && isAsked) throw new Error(why);
  if (why !== undefined) return `It can't be told with pods and packets here: ${why}.`;
  if (isAsked || (await hasPrograms())) return undefined;
  return '`make demo NODE=1` tells it with pods and packets, and first gets what a node runs (once, up to 10 min).';
}
