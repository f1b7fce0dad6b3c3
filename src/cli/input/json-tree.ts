// The tree of a JSON text with the offsets of its values, as the YAML parser would make it, in a fraction of its time.
// Must not know what a place is looked up for.
import { type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';

/** Strings with what is escaped in them, brackets, numbers and words. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]]|[^\s{}[\],:"]+/gs;

/** A list, or an object with the name of the member that comes next. */
interface Open {
  readonly node: YAMLMap<Scalar, Node> | YAMLSeq<Node>;
  readonly start: number;
  key?: Scalar | undefined;
}

/** The tree of the first value of `text`, which is valid JSON; `undefined` if there is none. */
export function jsonTree(text: string): Node | undefined {
  // Not recursive: nobody knows yet how deep it is.
  const open: Open[] = [];
  for (const { 0: token, index: start } of text.matchAll(tokens)) {
    if (token === '{' || token === '[') {
      open.push({ node: token === '{' ? new YAMLMap<Scalar, Node>() : new YAMLSeq<Node>(), start });
      continue;
    }
    const closed = token === '}' || token === ']' ? open.pop() : undefined;
    const node: Node = closed?.node ?? new Scalar(JSON.parse(token));
    const end = start + token.length;
    node.range = [closed?.start ?? start, end, end];
    const parent = open.at(-1);
    if (parent === undefined) return node;
    addTo(parent, node);
  }
  return undefined;
}

function addTo(parent: Open, node: Node): void {
  if (parent.node instanceof YAMLSeq) parent.node.items.push(node);
  else if (parent.key === undefined) parent.key = node as Scalar;
  else {
    parent.node.items.push(new Pair(parent.key, node));
    parent.key = undefined;
  }
}
