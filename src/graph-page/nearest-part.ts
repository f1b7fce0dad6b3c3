// From one part of a drawing to the next in the direction of an arrow key.

/** The part whose centre is nearest in that direction; one straight ahead is preferred. */
export function nearestPart(from: Element, parts: readonly Element[], key: string): Element | undefined {
  const start = centreOf(from);
  const ranked = parts
    .filter((part) => part !== from)
    .map((part) => ({ part, distance: distanceOf(start, centreOf(part), key) }))
    .filter(({ distance }) => distance !== undefined)
    .sort((a, b) => (a.distance ?? 0) - (b.distance ?? 0));
  return ranked[0]?.part;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** `undefined` if it lies in another direction. */
function distanceOf(from: Point, to: Point, key: string): number | undefined {
  const [x, y] = [to.x - from.x, to.y - from.y];
  const isAcross = key === 'ArrowLeft' || key === 'ArrowRight';
  const ahead = (isAcross ? x : y) * (key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1);
  const aside = Math.abs(isAcross ? y : x);
  return ahead > 1 ? ahead + 2.5 * aside : undefined;
}

/** The centre of a room is that of its name, because the centre of its box is among its workloads. */
function centreOf(part: Element): Point {
  const box = (
    part.classList.contains('cluster') ? (part.querySelector('text') ?? part) : part
  ).getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}
