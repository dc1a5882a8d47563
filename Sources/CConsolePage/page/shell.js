// The frame around the views: navigation, state of the live updates, notices, dialogs, keys.

import { h, button, field, freshID, select } from './dom.js';
import { clockTime, zone } from './format.js';
import { live } from './live.js';

export const views = [
  ['overview', 'Overview', 'o'],
  ['log', 'Provisioning log', 'l'],
  ['people', 'People', 'p'],
  ['attention', 'Needs attention', 'n'],
  ['configuration', 'Configuration', 'c'],
  ['audit', 'Audit', 'a'],
];

// MARK: Preferences

export const preferences = {
  get(key, otherwise) {
    try { return localStorage.getItem(`rollcall.${key}`) ?? otherwise; } catch { return otherwise; }
  },
  set(key, value) {
    try { localStorage.setItem(`rollcall.${key}`, value); } catch { /* It holds for this page then. */ }
  },
};

export function applyTheme(theme = preferences.get('theme', 'system')) {
  document.documentElement.dataset.theme = theme;
}

// MARK: Notices

const notice = h('div', { role: 'status', class: 'notice', 'aria-live': 'polite' });
let noticeTimer;

/** Says what became of what the user did. */
export function say(text, tone = 'info') {
  clearTimeout(noticeTimer);
  notice.className = `notice shown ${tone}`;
  notice.replaceChildren(text, button('Dismiss', () => { notice.className = 'notice'; notice.replaceChildren(); }));
  if (tone !== 'bad') noticeTimer = setTimeout(() => { notice.className = 'notice'; notice.replaceChildren(); }, 10_000);
}

/** Runs an order, and says what became of it. Its button is dead meanwhile, and has the focus again afterwards. */
export async function order(control, body, done) {
  const hadFocus = control && document.activeElement === control;
  if (control) control.disabled = true;
  try {
    const answer = await body();
    if (done) say(typeof done === 'function' ? done(answer) : done, 'good');
    return answer ?? true;
  } catch (problem) {
    say(problem.message, 'bad');
    return undefined;
  } finally {
    if (control) control.disabled = false;
    if (hadFocus && (document.activeElement === document.body || document.activeElement === null)) {
      const again = control.isConnected ? control : [...document.querySelectorAll('[data-key]')].find((one) => one.dataset.key === control.dataset.key);
      again?.focus();
    }
  }
}

// MARK: Dialogs

/**
 * A modal dialog; the focus goes back to where it was.
 * @param actions Lists of a text, a value and properties of the button.
 * @returns The value of the button that closed it, or null.
 */
export function ask(title, content, actions) {
  const heading = h('h2', { id: freshID('title') }, title);
  const before = document.activeElement;
  return new Promise((resolve) => {
    let answer = null;
    const dialog = h('dialog', { 'aria-labelledby': heading.id },
      heading, h('div', { class: 'dialog-body' }, content),
      h('div', { class: 'actions' }, actions.map(([text, value, properties]) =>
        button(text, () => { answer = value; dialog.close(); }, properties))));
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (before?.isConnected) before.focus();
      else document.querySelector('main')?.focus();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Asks for an order. From 21 on the number must be typed. */
export function confirm(title, content, action, { danger = false, number = 0 } = {}) {
  const go = { class: danger ? 'danger' : 'primary' };
  if (number <= 20) return ask(title, content, [['Cancel', null, { autofocus: true }], [action, true, go]]);
  const input = h('input', { inputmode: 'numeric', autocomplete: 'off', autofocus: true, size: 8 });
  const result = ask(title, [content, field(`Type ${number} to confirm`, input)], [
    ['Cancel', null], [action, true, { ...go, disabled: true, 'data-go': true }]]);
  const control = input.closest('dialog').querySelector('[data-go]');
  input.addEventListener('input', () => { control.disabled = input.value.trim() !== String(number); });
  return result;
}

// MARK: Frame

const asOf = h('span', { class: 'as-of' });
const liveWord = h('span', { class: 'live-word' });
let lastRead = null;

/** What is shown is as the service said at this moment. */
export function wasRead() {
  lastRead = new Date();
  showLive();
}

const liveWords = {
  live: ['good', '● live'], reconnecting: ['warning', '▲ reconnecting…'], polling: ['warning', '▲ polling'], paused: ['idle', '❚❚ paused'],
};

function showLive() {
  const [tone, word] = liveWords[live.state];
  liveWord.className = `live-word ${tone}`;
  if (liveWord.textContent !== word) liveWord.textContent = word;
  asOf.textContent = lastRead ? `as of ${clockTime(lastRead)}` : '';
  asOf.title = zone;
}

const pauseButton = button('Pause updates', () => togglePause(), { 'data-key': 'pause', class: 'quiet' });

export function togglePause() {
  live.pause(!live.isPaused);
  pauseButton.textContent = live.isPaused ? 'Resume updates' : 'Pause updates';
}

live.addEventListener('state', showLive);

/** @param caller Who is signed in: `{role, actor}`. */
export function frame(caller, { signOut, main }) {
  const theme = select([['system', 'System theme'], ['light', 'Light'], ['dark', 'Dark']], preferences.get('theme', 'system'), {
    'aria-label': 'Theme', class: 'quiet',
    onchange: (event) => { preferences.set('theme', event.target.value); applyTheme(event.target.value); },
  });
  return [
    h('a', { class: 'skip', href: '#main', onclick: (event) => { event.preventDefault(); main.focus(); } }, 'Skip to content'),
    h('header', { class: 'top' },
      h('a', { class: 'brand', href: '#/overview' }, 'Rollcall'),
      h('nav', { 'aria-label': 'Views' }, h('ul', null, views.map(([key, title]) =>
        h('li', null, h('a', { href: `#/${key}`, 'data-view': key }, title))))),
      h('div', { class: 'tools' },
        h('span', { class: 'live' }, liveWord, ' ', asOf), pauseButton, theme,
        button('Keys', showKeys, { class: 'quiet', 'aria-keyshortcuts': '?' }),
        h('span', { class: 'caller' }, h('bdi', null, caller.actor ?? ''), ' ', h('span', { class: 'role' }, caller.role === 'admin' ? 'operator' : 'reader')),
        button('Sign out', signOut, { class: 'quiet' }))),
    notice, main,
  ];
}

export function markView(view) {
  for (const link of document.querySelectorAll('nav a[data-view]'))
    if (link.dataset.view === view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
}

// MARK: Keys

const keys = [
  ...views.map(([, title, key]) => [`g ${key}`, title]),
  ['/', 'Search'], ['j k', 'Next and previous row'], ['Enter', 'Open the row'], ['Esc', 'Close'], ['x', 'Select the row'],
  ['r', 'Read again'], ['.', 'Pause or resume updates'], ['?', 'This list'],
];

export function showKeys() {
  const box = h('input', {
    type: 'checkbox', checked: areKeysOn(), onchange: (event) => preferences.set('keys', event.target.checked ? 'on' : 'off'),
  });
  return ask('Keys', [
    h('table', { class: 'keys' }, h('caption', { class: 'hidden' }, 'Keys and what they do'), h('tbody', null, keys.map(([key, text]) =>
      h('tr', null, h('th', { scope: 'row' }, key.split(' ').map((one) => [h('kbd', null, one), ' '])), h('td', null, text))))),
    h('p', null, h('label', null, box, ' Single keys are on')),
  ], [['Close', null, { autofocus: true }]]);
}

function areKeysOn() {
  return preferences.get('keys', 'on') === 'on';
}

let prefix = 0;

/** @param refresh Reads the view again. */
export function listenToKeys(refresh) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const target = event.target;
    if (event.key === 'Escape') {
      if (target.matches?.('input, textarea, select')) target.blur();
      else document.dispatchEvent(new Event('close-pane'));
      return;
    }
    if (!areKeysOn() || target.matches?.('input:not([type=checkbox]), textarea, select')) return;
    if (performance.now() - prefix < 1500) {
      prefix = 0;
      const view = views.find(([, , key]) => key === event.key);
      if (view) {
        event.preventDefault();
        location.hash = `#/${view[0]}`;
        return;
      }
    }
    const action = {
      g: () => { prefix = performance.now(); },
      '/': () => document.querySelector('[data-search]')?.focus(),
      j: () => moveRow(1), k: () => moveRow(-1), r: refresh, '.': togglePause, '?': showKeys,
      x: () => focusedRow()?.querySelector('input[type=checkbox]')?.click(),
    }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function focusedRow() {
  return document.activeElement?.closest?.('tr[data-row]');
}

/** Rows that can be opened carry `data-row` and a tabindex. */
function moveRow(step) {
  const rows = [...document.querySelectorAll('main tr[data-row]')];
  if (rows.length === 0) return;
  const at = rows.indexOf(focusedRow());
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

/** A row that is opened by Enter or a click, and reached by j and k. */
export function row(key, open, cells, properties) {
  return h('tr', {
    'data-row': true, 'data-key': key, tabindex: -1, ...properties,
    onclick: open && ((event) => { if (!event.target.closest('a, button, input, label')) open(); }),
    onkeydown: open && ((event) => {
      if (event.key === 'Enter' && event.target === event.currentTarget) { event.preventDefault(); open(); }
    }),
  }, cells);
}
