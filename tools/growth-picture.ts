// The picture of docs/performance.md: how four figures grow with the number of namespaces, beside raw requests.
// Must not know how they were measured.
import { figureOf, type MeasuredSize } from './performance-page.ts';

/** One of the four charts. */
interface Chart {
  readonly title: string;
  readonly scenario: string;
  readonly what: string;
}

const charts: readonly Chart[] = [
  { title: 'policies a second, first enforcement', scenario: 'first enforcement', what: 'policies' },
  { title: 'until a restarted operator is ready, ms', scenario: 'restart, all right', what: 'ready' },
  {
    title: 'CPU for each written policy, ms',
    scenario: 'platform-wide change',
    what: 'CPU per written policy',
  },
  { title: 'peak memory, MiB', scenario: 'first enforcement', what: 'peak memory' },
];

const chartSize = { width: 300, height: 130 } as const;
const origin = { x: 56, y: 64 } as const;
const pitch = { x: 400, y: 220 } as const;
const whole = { width: 800, height: 500 } as const;

const style = `
    text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
    .paper { fill: #ffffff }
    .small { font-size: 12px; fill: #59636e }
    .bold { font-weight: 600 }
    .mid { text-anchor: middle }
    .end { text-anchor: end }
    .axis { fill: none; stroke: #59636e }
    .ours { fill: none; stroke: #0969da; stroke-width: 2 }
    .raw { fill: none; stroke: #59636e; stroke-width: 2; stroke-dasharray: 5 4 }
    .dot { fill: #0969da }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .paper { fill: #0d1117 }
      .small { fill: #9198a1 }
      .axis, .raw { stroke: #9198a1 }
      .ours { stroke: #4493f8 }
      .dot { fill: #4493f8 }
    }`;

/** The picture, as SVG. @param sizes those without routes are shown, the smallest first */
export function growthPicture(sizes: readonly MeasuredSize[]): string {
  const shown = sizes.filter(({ routes }) => routes === 0);
  const counts = shown.map(({ namespaces }) => namespaces.toLocaleString('en')).join(', ');
  const label = `How four figures grow with the number of namespaces (${counts}), beside raw requests`;
  const { width, height } = whole;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}">
  <title>${label}</title>
  <style>${style}
  </style>
  <rect class="paper" width="${width}" height="${height}"/>
  <path class="ours" d="M56 22h28"/><text x="92" y="26">Ringfence</text>
  <path class="raw" d="M190 22h28"/><text x="226" y="26">raw requests over the same transport</text>
${charts.map((chart, index) => drawn(chart, index, shown)).join('\n')}
</svg>
`;
}

function drawn({ title, scenario, what }: Chart, index: number, sizes: readonly MeasuredSize[]): string {
  const figures = sizes.map((size) => figureOf(size, scenario, what));
  const [ours, raw] = [figures.map((each) => each?.ringfence), figures.map((each) => each?.raw)];
  const top = roundUp(Math.max(...[...ours, ...raw].map((value) => value ?? 0)));
  const { width, height } = chartSize;
  const left = origin.x + pitch.x * (index % 2);
  const upper = origin.y + pitch.y * Math.floor(index / 2);
  const x = (at: number) => Math.round(left + (width * (at + 0.5)) / sizes.length);
  const y = (value: number) => Math.round(upper + height * (1 - value / top));
  const points = (values: readonly (number | undefined)[]) =>
    values.flatMap((value, at) => (value === undefined ? [] : [`${x(at)} ${y(value)}`]));
  const line = (kind: string, values: readonly (number | undefined)[]) =>
    points(values).length === 0 ? '' : `  <path class="${kind}" d="M${points(values).join('L')}"/>\n`;
  const dots = points(ours)
    .map((point) => point.split(' '))
    .map(([cx, cy]) => `<circle class="dot" cx="${cx}" cy="${cy}" r="3"/>`);
  const under = sizes.map(
    ({ namespaces }, at) =>
      `<text class="small mid" x="${x(at)}" y="${upper + height + 18}">${namespaces.toLocaleString('en')}</text>`,
  );
  return `  <text class="bold" x="${left}" y="${upper - 12}">${title}</text>
  <text class="small end" x="${left - 6}" y="${upper + 5}">${top.toLocaleString('en')}</text>
  <text class="small end" x="${left - 6}" y="${upper + height}">0</text>
  <path class="axis" d="M${left} ${upper}V${upper + height}H${left + width}"/>
${line('raw', raw)}${line('ours', ours)}  ${dots.join('')}
  ${under.join('')}`;
}

/** The next larger number of the form 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((each) => each * power >= value) ?? 10) * power;
}
