// The tool for the tests of a file: bundled before the first of them, removed after the last one.
import { afterAll, beforeAll } from '@jest/globals';
import { Tool } from './tool.ts';

/** Bundles the tool for the tests of a file, which may use it as soon as they run. */
export function useTool(): Tool {
  const tool = new Tool();
  beforeAll(() => tool.build());
  afterAll(() => tool[Symbol.dispose]());
  return tool;
}
