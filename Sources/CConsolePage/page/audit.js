// Who ordered what, from where, with what result.

import { get, nextToken } from './api.js';
import { button, h, name, table } from './dom.js';
import { badge, count, time } from './format.js';
import { order } from './shell.js';

const pageSize = 100;

export default function audit({ body }) {
  const list = h('div');
  body.append(list);
  let entries = [];
  let next = null;

  function draw() {
    const focus = document.activeElement?.dataset?.key;
    list.replaceChildren(entries.length === 0
      ? h('p', { class: 'empty' }, 'Nothing has been ordered yet.')
      : table('Orders, the newest first', ['Time', 'Who', 'From', 'Order', 'Objects', 'Result'], entries.map((entry) => h('tr', null,
        h('td', null, time(entry.time)), h('th', { scope: 'row' }, name(entry.actor)), h('td', null, h('bdi', null, entry.address ?? '')),
        h('td', null, h('code', null, entry.action)), h('td', null, objects(entry.objectIds ?? [])),
        h('td', null, badge(entry.status >= 400 ? 'bad' : 'good', `${entry.result ?? ''} ${entry.status ?? ''}`.trim()))))),
    h('p', { class: 'actions' }, count(entries.length, 'order'), ' shown. ', next && button('Older orders', async (event) => {
      const page = await order(event.currentTarget, () => get('audit', { top: pageSize, skipToken: next }));
      if (!page?.value) return;
      entries = [...entries, ...page.value];
      next = nextToken(page.nextLink);
      draw();
    }, { 'data-key': 'older' })));
    if (focus) list.querySelector(`[data-key="${focus}"]`)?.focus();
  }

  return {
    async refresh(kinds) {
      if (kinds && entries.length > pageSize) return false;
      let page;
      try {
        page = await get('audit', { top: pageSize });
      } catch (problem) {
        if (!problem.isMissing) throw problem;
        list.replaceChildren(h('p', { class: 'empty' }, 'This service keeps no audit log.'));
        return false;
      }
      if (JSON.stringify(page.value) === JSON.stringify(entries)) return true;
      entries = page.value;
      next = nextToken(page.nextLink);
      draw();
      return true;
    },
  };
}

function objects(ids) {
  if (ids.length === 0) return '–';
  const link = (id) => h('a', { href: `#/people/${encodeURIComponent(id)}` }, id);
  if (ids.length === 1) return link(ids[0]);
  return h('details', null, h('summary', null, count(ids.length, 'object')), h('ul', null, ids.map((id) => h('li', null, link(id)))));
}
