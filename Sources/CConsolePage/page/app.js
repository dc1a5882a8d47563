// Start, sign-in, and which view is shown: the address is the state.

import { session, remove } from './api.js';
import { h } from './dom.js';
import { tick } from './format.js';
import { live } from './live.js';
import { applyTheme, frame, listenToKeys, markView, say, views, wasRead } from './shell.js';

const modules = {
  overview: () => import('./overview.js'),
  log: () => import('./log.js'),
  people: () => import('./people.js'),
  attention: () => import('./attention.js'),
  configuration: () => import('./configuration.js'),
  audit: () => import('./audit.js'),
};

const main = h('main', { id: 'main', tabindex: -1 });
let caller = null;
let shown = null;
let turn = 0;

// MARK: Address

/** `#/log?status=failure` or `#/people/<id>`. */
export function readAddress() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [view, ...rest] = path.split('/');
  let argument = null;
  try { argument = rest.length > 0 ? decodeURIComponent(rest.join('/')) : null; } catch { /* No address of ours. */ }
  return { view: modules[view] ? view : 'overview', argument, query: new URLSearchParams(query) };
}

// MARK: Views

async function show() {
  if (!caller) return;
  const mine = ++turn;
  const address = readAddress();
  if (shown?.view === address.view && shown.controller.navigate?.(address)) {
    shown.address = address;
    return;
  }
  const module = await modules[address.view]().catch(() => null);
  if (mine !== turn) return;
  if (!module) {
    say('This part of the console could not be loaded. Read the page again.', 'bad');
    return;
  }
  shown?.controller.close?.();
  const title = views.find(([key]) => key === address.view)[1];
  const body = h('div', { class: 'view' });
  main.replaceChildren(h('h1', { tabindex: -1 }, title), body);
  document.title = `${title} · Rollcall`;
  markView(address.view);
  const isFirst = shown === null;
  shown = { view: address.view, address, controller: module.default({ body, address, caller, canOrder: caller.role === 'admin' }) };
  if (!isFirst) main.querySelector('h1').focus({ preventScroll: true });
  await refresh(null);
}

let isReading = false;
let wanted = null;

/** Reads the view again. One read at a time; what is asked for meanwhile is one more. @param kinds Null for everything. */
async function refresh(kinds) {
  if (!shown) return;
  if (isReading) {
    wanted = { kinds: !wanted ? kinds : wanted.kinds && kinds ? [...wanted.kinds, ...kinds] : null };
    return;
  }
  isReading = true;
  const current = shown;
  try {
    if (await current.controller.refresh(kinds) !== false) wasRead();
    current.problem = null;
  } catch (problem) {
    if (problem.status === 0) live.suspect();
    // A failure that lasts is said once.
    if (problem.status !== 401 && current.problem !== problem.message) say(problem.message ?? 'The view could not be drawn.', 'bad');
    current.problem = problem.message;
    if (problem.status === undefined) console.error(problem);
  } finally {
    isReading = false;
    const next = wanted;
    wanted = null;
    if (next) refresh(next.kinds);
    else if (current !== shown) refresh(null);
  }
}

// MARK: Session

async function start() {
  applyTheme();
  const options = await readOptions();
  caller = options.session ?? null;
  if (caller) enter();
  else await signIn(problems[new URLSearchParams(location.search).get('problem')], options);
}

function enter() {
  const kept = keptAddress();
  if (location.search) history.replaceState(null, '', `./${location.hash}`);
  if (kept && !location.hash) history.replaceState(null, '', kept);
  document.body.replaceChildren(...frame(caller, { signOut, main }));
  live.start();
  show();
}

/** What the way to the identity provider and back ended with. */
const problems = {
  expired: 'The sign-in was begun too long ago or in another window. Try again.',
  refused: 'The sign-in was refused. The log of the service says why.',
  failed: 'The sign-in failed: the answer of the identity provider did not come or is not to be trusted. The log of the service says why.',
  noRole: 'Your account has no role here. Ask the administrator of the application in Microsoft Entra ID to assign you its app role for operators or for readers of Rollcall (console.signIn in the configuration names both).',
  busy: 'Too many are signing in at this moment. Try again in a minute.',
};

/** What the service offers; nothing but the token when it does not say. */
async function readOptions() {
  try {
    return await (await fetch('options.json', { cache: 'no-store', credentials: 'same-origin' })).json();
  } catch {
    return {};
  }
}

async function signIn(message, options) {
  caller = null;
  shown?.controller.close?.();
  shown = null;
  live.stop();
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
  const { default: form } = await import('./sign-in.js');
  document.title = 'Sign in · Rollcall';
  document.body.replaceChildren(form(message, options ?? await readOptions(), (signedIn) => {
    caller = signedIn;
    enter();
  }));
  document.querySelector('input')?.focus();
}

async function signOut() {
  try {
    await remove('session', { quiet: true });
  } catch (problem) {
    if (problem.status !== 401) {
      say(problem.message, 'bad');
      return;
    }
  }
  channel?.postMessage('signed-out');
  await signIn('You are signed out.');
}

/** Where the user was before being sent to the identity provider. */
function keptAddress() {
  try {
    const kept = sessionStorage.getItem('rollcall.address');
    sessionStorage.removeItem('rollcall.address');
    return kept?.startsWith('#/') ? kept : null;
  } catch {
    return null;
  }
}

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('rollcall');
channel?.addEventListener('message', (event) => {
  if (event.data === 'signed-out' && caller) signIn('You were signed out in another tab.');
});
session.addEventListener('signed-out', () => {
  if (caller) signIn('The session has ended. Sign in again.');
});

live.addEventListener('news', (event) => refresh(event.kinds));
addEventListener('hashchange', show);
setInterval(tick, 1000);
listenToKeys(() => refresh(null));
start();
