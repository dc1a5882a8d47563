// Bars of the last hours, and the same as a table.

import { h, svg, table } from './dom.js';

const kinds = [
  ['create', 'Created'], ['update', 'Updated'], ['disable', 'Disabled'], ['delete', 'Deleted'], ['failure', 'Failed'],
];
const height = 120;
const width = 24;

/** @param hours `{hour, create, update, disable, delete, failure}`, in any order. */
export function chart(hours) {
  const sorted = [...hours].sort((a, b) => Date.parse(a.hour) - Date.parse(b.hour));
  const total = (hour) => kinds.reduce((sum, [kind]) => sum + (hour[kind] ?? 0), 0);
  const highest = Math.max(1, ...sorted.map(total));
  const sums = kinds.map(([kind, word]) => [kind, word, sorted.reduce((sum, hour) => sum + (hour[kind] ?? 0), 0)]);
  const label = (hour) => new Date(hour.hour).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const drawing = svg('svg', {
    viewBox: `0 0 ${Math.max(1, sorted.length) * width} ${height + 2}`, class: 'chart', role: 'img', preserveAspectRatio: 'none',
    'aria-label': `Actions an hour: ${sums.map(([, word, sum]) => `${word} ${sum}`).join(', ')}. The table below has each hour.`,
  }, sorted.map((hour, index) => {
    let top = height;
    return svg('g', null, svg('title', null, `${label(hour)}: ${kinds.map(([kind, word]) => `${word} ${hour[kind] ?? 0}`).join(', ')}`),
      svg('rect', { x: index * width, y: 0, width, height, class: 'hit' }),
      kinds.map(([kind]) => {
        const size = ((hour[kind] ?? 0) / highest) * height;
        if (size === 0) return null;
        top -= size;
        return svg('rect', { x: index * width + 3, y: top, width: width - 6, height: size, class: `bar ${kind}` });
      }));
  }), svg('line', { x1: 0, x2: Math.max(1, sorted.length) * width, y1: height + 1, y2: height + 1, class: 'axis' }));
  return h('div', null,
    h('ul', { class: 'legend' }, sums.map(([kind, word, sum]) => h('li', null, h('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }), ` ${word} `, h('b', null, sum.toLocaleString())))),
    drawing,
    h('details', null, h('summary', { 'data-key': 'hours' }, 'As a table'),
      table('Actions an hour', ['Hour', ...kinds.map(([, word]) => word)], [...sorted].reverse().map((hour) => h('tr', null,
        h('th', { scope: 'row' }, h('time', { datetime: hour.hour }, new Date(hour.hour).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' }))),
        kinds.map(([kind]) => h('td', { class: 'number' }, (hour[kind] ?? 0).toLocaleString())))))));
}
