// From one part of a drawing to the next in the direction of an arrow key.
import { centreOf, type Point } from './geometry.ts';

/** The part whose centre is nearest in that direction; one straight ahead is preferred. */
export function nearestPart(from: Element, parts: readonly Element[], key: string): Element | undefined {
  const start = centreOfPart(from);
  const ahead = parts.flatMap((part) => {
    const distance = part === from ? undefined : distanceOf(start, centreOfPart(part), key);
    return distance === undefined ? [] : [{ part, distance }];
  });
  return ahead.sort((a, b) => a.distance - b.distance)[0]?.part;
}

/** `undefined` if it lies in another direction. */
function distanceOf(from: Point, to: Point, key: string): number | undefined {
  const [x, y] = [to.x - from.x, to.y - from.y];
  const isAcross = key === 'ArrowLeft' || key === 'ArrowRight';
  const ahead = (isAcross ? x : y) * (key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1);
  const aside = Math.abs(isAcross ? y : x);
  return ahead > 1 ? ahead + 2.5 * aside : undefined;
}

/** For a room, the centre of its name: the centre of its box is among its workloads. */
function centreOfPart(part: Element): Point {
  const name = part.classList.contains('cluster') ? part.querySelector('text') : null;
  return centreOf((name ?? part).getBoundingClientRect());
}
