// What pictures and pages are drawn with in tests of src/graph, which must not know the tool.
import { loadPageTools } from '../src/cli/graph/page-tools.ts';

export const pageTools = await loadPageTools();
