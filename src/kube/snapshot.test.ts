import { describe, expect, test } from '@jest/globals';
import { isLost, Snapshot } from './snapshot.ts';
import type { Identified } from './store.ts';

const object = (resourceVersion: string, uid = 'first'): Identified => ({
  namespace: 'shop',
  name: 'deny',
  uid,
  resourceVersion,
});
/** A list of version 9 that holds `listed`, against what is known. */
function compared(listed: Identified | undefined, known: Identified | undefined) {
  const snapshot = new Snapshot('9');
  const taken = listed && snapshot.add(listed, known);
  return { snapshot, suspect: taken ?? (known && snapshot.check(known)) };
}

describe('a list of version 9 tells nothing new', () => {
  test.each([
    ['of an object that is known as listed', object('5'), object('5')],
    ['of an object that changed since', object('5'), object('10')],
    ['of an object that was replaced since', object('5'), object('12', 'second')],
    ['of an object that was created since', undefined, object('10')],
    ['of an object that nobody knows', undefined, undefined],
  ])('%s', (_, listed, known) => {
    expect(compared(listed, known).suspect).toBeUndefined();
  });
});

describe('a list of version 9 contradicts what is known', () => {
  const cases = [
    ['of an object whose creation was not told', object('5'), undefined],
    ['of an object whose change was not told, numbers and not texts', object('9'), object('5')],
    ['of an object whose replacement was not told', object('8', 'second'), object('5')],
    ['of an object whose deletion was not told', undefined, object('5')],
    ['of an object that a restore turned back', object('5'), object('7')],
  ] as const;

  test.each(cases)('%s', (_, listed, known) => {
    const { snapshot, suspect } = compared(listed, known);
    expect(suspect?.listed).toEqual(listed);
    expect(suspect && snapshot.contradicts(suspect, known)).toBe(true);
    expect(suspect && isLost(suspect, known, listed)).toBe(true);
  });

  test.each(cases)('%s, and no more when the watch has told of it', (_, listed, known) => {
    const { snapshot, suspect } = compared(listed, known);
    expect(suspect && snapshot.contradicts(suspect, listed)).toBe(false);
    expect(suspect && snapshot.contradicts(suspect, object('10', 'third'))).toBe(false);
  });
});

describe('what was listed and is not known', () => {
  const suspect = { key: object('5'), listed: object('5') };

  test('was deleted since, where the server does not have it either', () => {
    expect(isLost(suspect, undefined, undefined)).toBe(false);
  });

  test('was created anew since, where the server has another of its name: the watch will tell of it', () => {
    expect(isLost(suspect, undefined, object('11', 'second'))).toBe(false);
  });
});

test('what the server has as it is known was only listed at another time', () => {
  expect(isLost({ key: object('5'), listed: object('5') }, object('7'), object('7'))).toBe(false);
});
