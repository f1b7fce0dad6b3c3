// The layers of ARCHITECTURE.md as rules: an import goes to a smaller number or stays in its folder.
const layers = [
  ['model'],
  ['routes'],
  ['api'],
  ['view'],
  ['discover', 'compile', 'analyze'],
  ['plan', 'graph', 'kube', 'dial', 'canary'],
  ['objects'],
  ['operator', 'cli', 'graph-page', 'canary-pod'],
];

/** For each folder: everything at its own level (but itself) or above is out of reach. */
const layerRules = layers.flatMap((folders, level) =>
  folders.map((folder) => ({
    name: `layer-${folder}`,
    comment: `src/${folder} is on level ${level + 1}: move what both need to a lower level, or pass it in as a value`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: {
      path: `^src/(${[...layers.slice(level).flat(), '(main|start|verbs)\\.ts'].filter((other) => other !== folder).join('|')})`,
    },
  })),
);

/**
 * The floors of rooms that have several: an import goes down, to a folder that comes before, or stays in its folder. The files
 * directly in the room are above all of them. Tests may look at everything of their room.
 */
const floors = {
  compile: {
    platform: 'what the platform profile says must not depend on single namespaces: pass in what it needs',
    local: 'a namespace by itself must not ask another one: what needs two namespaces is in compile/across',
    across:
      'what follows for other namespaces must not know policies: reduce it to allow rules and let compile/policies merge them',
    policies: 'policies must not depend on findings: collect what people should know in compile/warnings',
    warnings: 'checks look at what compile.ts passes in: add it to CheckedNamespace',
  },
};

const floorRules = Object.entries(floors).flatMap(([room, comments]) =>
  Object.entries(comments).map(([floor, comment], level, all) => ({
    name: `floor-${room}-${floor}`,
    comment,
    severity: 'error',
    from: { path: `^src/${room}/${floor}/`, pathNot: '\\.test\\.ts$' },
    to: {
      path: [`^src/${room}/[^/]+$`, ...all.slice(level + 1).map(([above]) => `^src/${room}/${above}/`)],
    },
  })),
);

/** Every room is pure but these. */
const shells = ['kube', 'dial', 'objects', 'operator', 'cli', 'graph-page', 'canary-pod'];
const pure = `^src/(${layers
  .flat()
  .filter((room) => !shells.includes(room))
  .join('|')})/`;

/** The only files that open files or connections, or listen. */
const reachesOut = [
  'canary-pod/(in-cluster-api|ask-listener|listener)',
  'cli/graph/page-assets',
  'cli/input/folder-kinds',
  'cli/input/kustomize',
  'cli/input/sources',
  'cli/output/write',
  'dial/try-connection',
  'kube/(api-client|connection|http|token-files)',
  'operator/(command|health)',
];

export default {
  forbidden: [
    ...layerRules,
    ...floorRules,
    {
      name: 'analyze-classes-know-no-answers',
      comment:
        'classes of pods must not know which answers are made of them: what an answer needs is worked out in src/analyze itself',
      severity: 'error',
      from: { path: '^src/analyze/classes/', pathNot: '\\.test\\.ts$' },
      to: {
        path: [
          '^src/analyze/lint/',
          '^src/analyze/(analysis|analysis-snapshot|compare|connections|explain|joint-classes|listing|notes|outside-parts|reachability|service-targets)\\.ts$',
        ],
      },
    },
    {
      name: 'core-is-pure',
      comment:
        'the core knows no client, no I/O and no clock: read it in kube/, operator/ or cli/ and pass it in as data',
      severity: 'error',
      from: { path: pure, pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'every-room-has-a-level',
      comment:
        'which level this folder is on is not known: add it to `layers`, and to the table in ARCHITECTURE.md',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${layers.flat().join('|')})/` },
      to: {},
    },
    {
      name: 'few-files-reach-out',
      comment: 'files and the network are for the files in `reachesOut`: use what one of them offers',
      severity: 'error',
      from: { path: '^src/', pathNot: ['\\.test\\.ts$', `^src/(${reachesOut.join('|')})\\.ts$`] },
      to: {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|http|https|http2|net|tls|dgram|dns|child_process|worker_threads|cluster)(/|$)',
      },
    },
    {
      name: 'core-has-few-libraries',
      comment:
        'the core uses zod, and what compares two words: a client, a logger or a file format belongs to the shell',
      severity: 'error',
      from: { path: pure, pathNot: '\\.test\\.ts$' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional'],
        pathNot: 'node_modules/(zod|fastest-levenshtein)/',
      },
    },
    {
      name: 'page-program-is-apart',
      comment:
        'the program of the page runs in a browser: it may only know its data, and how pictures are made of it',
      severity: 'error',
      from: { path: '^src/graph-page/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot:
          '^src/(graph-page/|analyze/rule-ports|graph/(escape|layout/[\\w-]+|matrix|model|page-format|page-view|scene)\\.ts|model/(counted|did-you-mean|ip-ranges|port-set|port-texts|ports)\\.ts)',
      },
    },
    {
      name: 'no-circular',
      comment: 'a circle has no first page to read: move what both need into a file of its own',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'nothing imports this file: reach it from start.ts or canary-main.ts, or delete it',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src/',
        pathNot: ['\\.test\\.ts$', '^src/(start|canary-pod/canary-main)\\.ts$'],
      },
      to: {},
    },
    {
      name: 'src-needs-no-tests',
      comment: 'what ships must not import test code or development packages',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: ['\\.test\\.ts$', '^(test|e2e|bench|image|tools)/'] },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'the import leads nowhere: add the package to package.json or mend the path',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
