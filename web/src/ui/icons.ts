import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';

function line(paths: SVGTemplateResult): TemplateResult {
  return html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${paths}</svg>`;
}

function solid(paths: SVGTemplateResult): TemplateResult {
  return html`<svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true" focusable="false">${paths}</svg>`;
}

const handset = svg`<path d="M6.2 3.5h2.6l1.6 4.3-2 1.6a12 12 0 0 0 6.2 6.2l1.6-2 4.3 1.6v2.6a2.2 2.2 0 0 1-2.4 2.2
  A16.6 16.6 0 0 1 4 5.9 2.2 2.2 0 0 1 6.2 3.5z"/>`;

/** Inline pictures; each stands beside a text or on a labelled button. */
export const icon = {
  mark: html`<svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <path fill="currentColor" d="M4 13a9 9 0 0 1 18 0 9 9 0 0 1-9 9H5.5A1.5 1.5 0 0 1 4 20.5z" opacity=".55"/>
    <path fill="currentColor" d="M28 19a9 9 0 0 0-14.8-6.9A9 9 0 0 0 19 28h7.5a1.5 1.5 0 0 0 1.5-1.5z"/></svg>`,
  phone: solid(handset),
  hangup: solid(svg`<g transform="rotate(135 12 12)">${handset}</g>`),
  microphone: line(svg`<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>`),
  muted: line(svg`<path d="M9 9V6a3 3 0 0 1 6 0v5M15 14.5A3 3 0 0 1 9 12M5.5 11.5a6.5 6.5 0 0 0 10.6 5M18.5 11.5
    c0 .9-.2 1.8-.5 2.500M12 18v3M4 3l16 17"/>`),
  play: solid(svg`<path d="M8 5.300v13.400a1 1 0 0 0 1.5.9l10.8-6.700a1 1 0 0 0 0-1.800L9.5 4.400A1 1 0 0 0 8 5.300z"/>`),
  pause: solid(svg`<rect x="6.5" y="5" width="4" height="14" rx="1.2"/><rect x="13.5" y="5" width="4" height="14" rx="1.2"/>`),
  clock: line(svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>`),
  back: line(svg`<path d="M11 6 5 12l6 6M19 6l-6 6 6 6"/>`),
  forward: line(svg`<path d="m13 6 6 6-6 6M5 6l6 6-6 6"/>`),
  close: line(svg`<path d="M6 6l12 12M18 6 6 18"/>`),
  down: line(svg`<path d="m6 9.500 6 6 6-6"/>`),
  check: line(svg`<path d="m5 12.5 4.5 4.500L19 7.5"/>`),
  warning: line(svg`<path d="M12 4 2.8 19.500h18.400zM12 10v4.500M12 17.200v.1"/>`),
  download: line(svg`<path d="M12 4v11m0 0-4.5-4.500M12 15l4.5-4.500M5 20h14"/>`),
  person: line(svg`<circle cx="12" cy="8" r="4"/><path d="M4.5 20.500a7.5 7.5 0 0 1 15 0"/>`),
  ear: line(svg`<path d="M7 9.500a5 5 0 0 1 10 0c0 3.5-4 4.5-4 8a2.5 2.5 0 0 1-4.7 1.200M10 10a2 2 0 0 1 4 0c0 1.5-1.5 1.8-1.5 3.5"/>`),
  place: line(svg`<path d="M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11z"/><circle cx="12" cy="10" r="2.3"/>`),
  arrow: line(svg`<path d="M5 12h14m-6-6 6 6-6 6"/>`),
  speaker: line(svg`<path d="M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM16 9a4 4 0 0 1 0 6M18.5 6.500a7.8 7.8 0 0 1 0 11"/>`),
  lock: line(svg`<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>`),
  // The shapes of the light: a person who sees no colour tells them apart.
  lightOff: line(svg`<circle cx="12" cy="12" r="7"/><path d="M7 17 17 7"/>`),
  lightOn: solid(svg`<circle cx="12" cy="12" r="7.5"/>`),
  lightPaused: solid(svg`<rect x="6" y="5" width="4.5" height="14" rx="1.2"/><rect x="13.5" y="5" width="4.5" height="14" rx="1.2"/>`),
  lightStopped: solid(svg`<rect x="5.5" y="5.5" width="13" height="13" rx="2"/>`),
};
