// The provisioning log: what was done to which person, why, and what to do when it failed.

import { csv, get, nextToken, post } from './api.js';
import { button, field, h, name, select, table } from './dom.js';
import { actionWord, count, span, statusBadge, time } from './format.js';
import { entryTabs } from './entry.js';
import { order, row, say } from './shell.js';

const pageSize = 100;
const filters = ['status', 'action', 'search', 'since', 'until', 'objectId', 'cycleId'];
const words = {
  status: 'Status', action: 'Action', search: 'Text', since: 'From', until: 'Before', objectId: 'Object', cycleId: 'Cycle',
};
const statuses = [['', 'Any status'], ['success', 'Success'], ['warning', 'Warning'], ['failure', 'Failure'], ['skipped', 'Skipped']];
const actions = [
  ['', 'Any action'], ['create', 'Create'], ['update', 'Update'], ['disable', 'Disable'], ['delete', 'Delete'],
  ['stageddelete', 'Held removal'], ['other', 'Other'],
];

export default function log({ body, address, canOrder }) {
  let query = address.query;
  let entries = [];
  let next = null;
  let waiting = [];
  let openID = query.get('entry');
  let tab = query.get('tab');
  let turn = 0;

  const search = h('input', { type: 'search', 'data-search': true, value: query.get('search') ?? '', maxlength: 500, 'aria-keyshortcuts': '/' });
  const status = select(statuses, query.get('status'));
  const action = select(actions, query.get('action'));
  const since = h('input', { type: 'datetime-local', step: 1, value: local(query.get('since')) });
  const until = h('input', { type: 'datetime-local', step: 1, value: local(query.get('until')) });
  const chips = h('ul', { class: 'chips', 'aria-label': 'Filters in force' });
  const news = h('p', { class: 'news' });
  const list = h('div', { class: 'list' });
  const pane = h('section', { class: 'pane', 'aria-label': 'Entry', hidden: true });
  const form = h('form', { class: 'filters', role: 'search', onsubmit: (event) => { event.preventDefault(); apply(); } },
    field('Search', search, 'Name, id or error code'), field('Status', status), field('Action', action),
    field('From', since), field('Before', until),
    h('p', { class: 'actions' }, h('button', { class: 'primary' }, 'Filter'), button('CSV', (event) => download(event.currentTarget))));
  for (const control of [status, action]) control.addEventListener('change', apply);
  body.append(form, chips, news, h('div', { class: 'split' }, list, pane));

  // MARK: The address

  function filter() {
    return Object.fromEntries(filters.map((key) => [key, query.get(key)]).filter(([, value]) => value));
  }

  function go(changes, replace = false) {
    const changed = new URLSearchParams(query);
    for (const [key, value] of Object.entries(changes))
      if (value) changed.set(key, value);
      else changed.delete(key);
    const hash = `#/log${changed.size > 0 ? `?${changed}` : ''}`;
    if (replace) {
      query = changed;
      history.replaceState(null, '', hash);
    } else location.hash = hash;
  }

  function apply() {
    go({
      search: search.value.trim(), status: status.value, action: action.value, since: universal(since.value), until: universal(until.value), entry: null, tab: null,
    });
  }

  // MARK: Reading

  async function read() {
    const mine = ++turn;
    const page = await get('provisioning', { ...filter(), top: pageSize });
    if (mine !== turn) return;
    entries = page.value;
    next = nextToken(page.nextLink);
    waiting = [];
    draw();
    if (openID && !pane.hidden) return;
    if (openID) open(openID, false);
  }

  async function older(control) {
    const before = entries.length;
    const page = await order(control, () => get('provisioning', { ...filter(), top: pageSize, skipToken: next }));
    if (!page?.value) return;
    const known = new Set(entries.map((entry) => entry.id));
    entries = [...entries, ...page.value.filter((entry) => !known.has(entry.id))];
    next = nextToken(page.nextLink);
    draw();
    list.querySelectorAll('tr[data-row]')[before]?.focus();
  }

  /** What has come meanwhile is told, and not pushed between what is being read. */
  async function look() {
    if (query.get('until')) return;
    const newest = entries[0]?.activityDateTime;
    const page = await get('provisioning', { ...filter(), ...(newest ? { since: newest } : {}), top: pageSize });
    const known = new Set(entries.map((entry) => entry.id));
    waiting = page.value.filter((entry) => !known.has(entry.id));
    // A long way behind: what is between is not known.
    if (page.nextLink) waiting.isMore = true;
    drawNews();
  }

  async function download(control) {
    if (entries.length === 0) {
      say('There is nothing to write.');
      return;
    }
    // Exactly what is shown: neither what came since nor what is older.
    const range = { ...filter(), until: after(entries[0].activityDateTime, query.get('until')) };
    const parts = await order(control, async () => {
      const texts = [];
      let left = entries.length;
      let skipToken;
      do {
        const page = await csv('provisioning', { ...range, top: Math.min(1000, left), skipToken });
        texts.push(texts.length === 0 ? page.text : page.text.slice(page.text.indexOf('\n') + 1));
        left -= Math.min(1000, left);
        skipToken = page.next;
      } while (left > 0 && skipToken);
      return texts;
    }, `${count(entries.length, 'entry', 'entries')} written.`);
    if (!parts) return;
    const url = URL.createObjectURL(new Blob(parts, { type: 'text/csv' }));
    h('a', { href: url, download: 'provisioning.csv' }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  // MARK: Drawing

  function drawChips() {
    chips.replaceChildren(...Object.entries(filter()).map(([key, value]) => h('li', null,
      button([`${words[key]}: `, h('bdi', null, ['since', 'until'].includes(key) ? new Date(value).toLocaleString() : value), ' ✕'],
        () => go({ [key]: null, entry: null, tab: null }), { class: 'chip', 'aria-label': `Take away the filter ${words[key]}: ${value}` }))));
  }

  function drawNews() {
    if (waiting.length === 0) news.replaceChildren();
    else news.replaceChildren(button(
      `${waiting.isMore ? `over ${waiting.length}` : waiting.length} new ${waiting.length === 1 ? 'entry' : 'entries'}: show`, () => {
        if (waiting.isMore) read();
        else {
          entries = [...waiting, ...entries];
          waiting = [];
          draw();
        }
        list.querySelector('tr[data-row]')?.focus();
      }, { class: 'primary' }));
  }

  function draw() {
    drawChips();
    drawNews();
    const focus = document.activeElement?.dataset?.key;
    const rows = entries.map((entry) => row(`entry-${entry.id}`, () => open(entry.id), [
      h('td', null, time(entry.activityDateTime)),
      h('th', { scope: 'row' }, h('a', {
        href: `#/log?${link(entry)}`, onclick: (event) => { event.preventDefault(); open(entry.id); }, tabindex: 0,
      }, name(nameOf(entry)))),
      h('td', null, actionWord(entry.provisioningAction)),
      h('td', null, statusBadge(entry.provisioningStatusInfo.status)),
      h('td', { class: 'reason' }, reasonOf(entry)),
      h('td', { class: 'number' }, span((entry.durationInMilliseconds ?? 0) / 1000)),
    ], { 'aria-selected': String(entry.id === openID) }));
    list.replaceChildren(
      entries.length === 0
        ? h('p', { class: 'empty' }, Object.keys(filter()).length > 0 ? 'No entry is like this. Take a filter away.' : 'Nothing has been provisioned yet.')
        : table('Entries, the newest first', ['Time', 'Identity', 'Action', 'Status', 'Reason', 'Duration'], rows, { class: 'wide' }),
      h('p', { class: 'actions' }, count(entries.length, 'entry', 'entries'), ' shown. ',
        next ? button('Older entries', (event) => older(event.currentTarget), { 'data-key': 'older' }) : 'There are no older ones.'));
    if (focus) [...list.querySelectorAll('[data-key]')].find((element) => element.dataset.key === focus)?.focus({ preventScroll: true });
  }

  function mark() {
    for (const element of list.querySelectorAll('tr[data-row]'))
      element.setAttribute('aria-selected', String(element.dataset.key === `entry-${openID}`));
  }

  function open(id, takesFocus = true) {
    const entry = entries.find((one) => one.id === id);
    openID = id;
    go({ entry: id, tab }, true);
    mark();
    pane.hidden = false;
    if (!entry) {
      pane.replaceChildren(h('h2', null, 'Entry'), h('p', null, 'This entry is not among those shown. It may be older than the log reaches.'), button('Close', close));
      return;
    }
    const heading = h('h2', { tabindex: -1 }, name(nameOf(entry)));
    pane.replaceChildren(
      heading,
      h('p', null, actionWord(entry.provisioningAction), ' ', statusBadge(entry.provisioningStatusInfo.status), ' ', time(entry.activityDateTime)),
      entryTabs(entry, tab, (key) => {
        tab = key;
        go({ tab: key }, true);
      }),
      h('p', { class: 'actions' },
        canOrder && button('Provision again', (event) => again(event.currentTarget, entry)),
        entry.sourceIdentity.identityType === 'User' && h('a', { class: 'button', href: `#/people/${encodeURIComponent(entry.sourceIdentity.id)}` }, 'This person'),
        button('Copy as JSON', () => copy(JSON.stringify(entry, null, 2), 'The entry is copied.')),
        button('Copy link', () => copy(new URL(`#/log?${link(entry)}`, document.baseURI).href, 'The link is copied.')),
        button('Close', close)));
    if (takesFocus) heading.focus();
  }

  function close() {
    if (pane.hidden) return;
    const key = `entry-${openID}`;
    pane.hidden = true;
    openID = null;
    tab = null;
    go({ entry: null, tab: null }, true);
    mark();
    [...list.querySelectorAll('tr[data-row]')].find((element) => element.dataset.key === key)?.focus();
  }

  async function again(control, entry) {
    const subjects = [{ objectId: entry.sourceIdentity.id, objectTypeName: entry.sourceIdentity.identityType }];
    await order(control, () => post('job/provisionOnDemand', { subjects }, { limit: 120_000 }), (answer) => {
      const status = answer.value?.[0]?.provisioningStatusInfo.status;
      return `Provisioned again: ${status ?? 'nothing was to be done'}. A new entry says more.`;
    });
  }

  document.addEventListener('close-pane', close);
  return {
    navigate(to) {
      if (to.view !== 'log') return false;
      const before = JSON.stringify(filter());
      query = to.query;
      search.value = query.get('search') ?? '';
      status.value = query.get('status') ?? '';
      action.value = query.get('action') ?? '';
      since.value = local(query.get('since'));
      until.value = local(query.get('until'));
      const id = query.get('entry');
      tab = query.get('tab');
      if (before === JSON.stringify(filter())) {
        if (id && id !== openID) open(id);
        else if (!id) close();
        return true;
      }
      pane.hidden = true;
      openID = id;
      order(null, read);
      return true;
    },
    async refresh(kinds) {
      if (!kinds) await read();
      else if (kinds.includes('log')) await look();
      else return false;
      return true;
    },
    close: () => document.removeEventListener('close-pane', close),
  };
}

/** A link that finds the entry again, however many came since. */
function link(entry) {
  return new URLSearchParams({
    objectId: entry.sourceIdentity.id, since: entry.activityDateTime, until: after(entry.activityDateTime), entry: entry.id,
  });
}

/** The moment after this one, or an earlier limit. */
function after(moment, limit) {
  const text = new Date(Date.parse(moment) + 1).toISOString();
  return limit && Date.parse(limit) < Date.parse(text) ? limit : text;
}

export function nameOf(entry) {
  return entry.sourceIdentity.displayName || entry.targetIdentity.displayName || entry.sourceIdentity.id;
}

export function reasonOf(entry) {
  const error = entry.provisioningStatusInfo.errorInformation;
  if (error) return [h('b', null, error.errorCode), ' ', name(error.reason)];
  const step = entry.provisioningSteps.find((one) => ['warning', 'skipped'].includes(one.status) && one.description)
    ?? entry.provisioningSteps.at(-1);
  return name(step?.description ?? '');
}

/** Works without a secure context, too. */
async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const before = document.activeElement;
    const area = h('textarea', { class: 'hidden', readonly: true, value: text });
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    before?.focus();
  }
  say(done, 'good');
}

function universal(text) {
  return text && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : null;
}

function local(text) {
  if (!text || Number.isNaN(Date.parse(text))) return '';
  const date = new Date(text);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
