// One HTML file that needs nothing else: drawings, data, style and script in one text. It loads nothing and sends nothing: its
// content security policy allows only its own style and script, by their hashes.
// Must not know how drawings are made.
import { createHash } from 'node:crypto';
import { countInGroups } from '../model/counted.ts';
import { scriptJson, visible, xml } from './escape.ts';
import type { PageData } from './page-format.ts';

/** The parts of a page besides its data and drawings. */
export interface PageAssets {
  /** The style sheet of a drawing. */
  readonly drawingStyle: string;
  readonly pageStyle: string;
  readonly script: string;
}

/** A drawing by the id of its view. */
export type Drawings = ReadonlyMap<string, string>;

/** The page as one text. */
export function renderPage(title: string, data: PageData, drawings: Drawings, assets: PageAssets): string {
  const style = `${assets.drawingStyle}\n${assets.pageStyle}`;
  const templates = [...drawings].map(([id, svg]) => `<template id="drawing-${xml(id)}">${svg}</template>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(style, assets.script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${xml(visible(title))}</title>
<link rel="icon" href="${icon}">
<style>${style}</style>
</head>
<body>
${skeleton(title, data)}
${templates.join('\n')}
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${assets.script}</script>
</body>
</html>
`;
}

/** Scripts may not even write HTML: `require-trusted-types-for` refuses `innerHTML` and similar. */
function policyOf(style: string, script: string): string {
  return [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="#3f7fbf"><rect x="1" y="1" width="14" height="14" rx="4.5" stroke-width="1.4"/><rect x="3.8" y="3.8" width="8.4" height="8.4" rx="2.4" stroke-width="1.4"/><circle cx="8" cy="8" r="1.2" fill="#3f7fbf"/></svg>',
)}`;

const plannedEntry = `
<span class="entry"><svg viewBox="0 0 34 16" aria-hidden="true"><rect class="wall planned" x="2" y="1" width="30" height="14" rx="4.5"/><rect class="wall planned" x="5" y="4" width="24" height="8" rx="2.5"/></svg>in dry run</span>`;

function skeleton(title: string, data: PageData): string {
  const workloads = data.rooms.reduce((sum, room) => sum + (room.outside ? 0 : room.places.length), 0);
  const namespaces = data.rooms.filter(({ outside }) => !outside).length;
  const counts = [
    countInGroups(namespaces, 'namespace'),
    countInGroups(workloads, 'workload'),
    countInGroups(data.arrows.length, 'allowed pair'),
  ]
    .map((text) => `<span>${text}</span>`)
    .join(' · ');
  return `<header>
<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><rect x="2" y="2" width="28" height="28" rx="9"/><rect x="7.5" y="7.5" width="17" height="17" rx="4.5"/><circle cx="16" cy="16" r="2.4"/></svg>
<div class="heading"><h1>${xml(visible(title))}</h1><p>${counts}</p></div>
<nav id="views" aria-label="Views"></nav>
<div class="search"><input id="search" type="search" role="combobox" placeholder="Find a workload or namespace" aria-label="Find a workload or namespace" aria-expanded="false" aria-controls="found" autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd><ul id="found" role="listbox" aria-label="Found" hidden></ul></div>
</header>
<main>
<section id="map" aria-label="Map">
<div id="canvas"></div>
<div id="matrix"></div>
<div class="legend" id="legend">
<span class="entry of-map"><svg viewBox="0 0 34 12" aria-hidden="true"><path class="allowed" d="M1 6H27"/><path class="allowed head" d="M26 2.5L33 6L26 9.5Z"/></svg>allowed by a rule</span>
<span class="entry of-map"><svg viewBox="0 0 34 12" aria-hidden="true"><path class="unfenced" d="M1 6H31"/><path class="unfenced tip" d="M27 2.5L32 6L27 9.5"/></svg>no policy isolates it</span>
<span class="entry of-matrix"><svg viewBox="0 0 34 16" aria-hidden="true"><rect class="cell allowed" x="9" y="1" width="14" height="14"/></svg>allowed by a rule</span>
<span class="entry of-matrix"><svg viewBox="0 0 34 16" aria-hidden="true"><circle class="cell unfenced" cx="16" cy="8" r="4.5"/></svg>no policy isolates it</span>
<span class="entry of-matrix"><svg viewBox="0 0 34 16" aria-hidden="true"><rect class="cell within" x="9.5" y="1.5" width="13" height="13"/></svg>within a namespace</span>
<span class="entry"><svg viewBox="0 0 34 16" aria-hidden="true"><rect class="wall" x="2" y="1" width="30" height="14" rx="4.5"/><rect class="wall" x="5" y="4" width="24" height="8" rx="2.5"/></svg>ringed</span>${data.rooms.some(({ ring }) => ring === 'planned') ? plannedEntry : ''}
<span class="entry"><svg viewBox="0 0 34 16" aria-hidden="true"><rect class="open" x="2" y="2" width="30" height="12" rx="4"/></svg>open</span>
<label class="entry switch"><input type="checkbox" id="denied" role="switch"><span class="knob" aria-hidden="true"></span><svg viewBox="0 0 34 12" aria-hidden="true"><path class="denied" d="M1 6H33"/><path class="denied cross" d="M13.5 2.5L20.5 9.5M20.5 2.5L13.5 9.5"/></svg>denied</label>
</div>
<div class="zoom" role="group" aria-label="Zoom"><button type="button" id="zoom-in" aria-label="Zoom in" title="Zoom in (+)">+</button><button type="button" id="zoom-out" aria-label="Zoom out" title="Zoom out (−)">−</button><button type="button" id="zoom-fit" aria-label="Fit" title="Fit (0)"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 6V2H6M10 2H14V6M14 10V14H10M6 14H2V10"/></svg></button><button type="button" id="help" aria-label="Keys" title="Keys (?)" aria-haspopup="dialog">?</button></div>
<p id="hint" role="status"></p>
</section>
<aside id="panel" aria-label="Details" tabindex="-1"></aside>
</main>
<dialog id="keys" aria-label="Keys"></dialog>
<noscript><p class="noscript">This page needs JavaScript to draw. It loads nothing from the network.</p></noscript>`;
}
