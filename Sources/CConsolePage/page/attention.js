// What waits for a person: held removals, kept ones, escrows, orphans.

import { list, post } from './api.js';
import { Region, button, definitions, h, name, table } from './dom.js';
import { count, relative, time } from './format.js';
import { exchangeText } from './overview.js';
import { ask, confirm, order, row } from './shell.js';

const atMost = 1000;
const namesShown = 10;

export default function attention({ body, canOrder }) {
  const chosen = { removals: new Set(), escrows: new Set(), orphans: new Set() };
  const part = (title, draw) => {
    const element = h('div');
    const heading = h('h2', null, title);
    body.append(h('section', null, heading, element));
    return new Region(element, draw);
  };
  const held = part('Held removals', drawHeld);
  const kept = part('Kept', drawKept);
  const escrows = part('Escrows', drawEscrows);
  const orphans = part('Orphans', drawOrphans);
  let removals = { items: [], more: false };

  async function read() {
    const [first, second, third] = await Promise.all([
      listIfThere('removals'), listIfThere('escrows'), listIfThere('orphans'),
    ]);
    removals = first ?? { items: [], more: false };
    const waiting = removals.items.filter((one) => one.state === 'held');
    keep(chosen.removals, waiting);
    keep(chosen.escrows, second?.items ?? []);
    keep(chosen.orphans, third?.items ?? []);
    held.show(first && { items: waiting, more: first.more });
    kept.show(first && removals.items.filter((one) => one.state === 'kept'));
    escrows.show(second);
    orphans.show(third);
  }

  // MARK: Held removals

  function drawHeld(state) {
    if (!state) return missing();
    if (state.items.length === 0) return h('p', { class: 'empty' }, 'No removal is held.');
    return [
      h('p', null, `${state.more ? 'More than ' : ''}${count(state.items.length, 'removal')} held: more than the guard lets through unseen. Nothing is taken from these people until you decide.`),
      choice('removals', state.items, [
        ['Allow…', (items, control) => decide('allow', items, control), 'danger'],
        ['Keep…', (items, control) => decide('keep', items, control), ''],
      ]),
      removalTable('Held removals', state.items, 'removals'),
    ];
  }

  function removalTable(caption, items, kind) {
    return table(caption, [...(kind && canOrder ? ['Select'] : []), 'Who', 'What would happen', 'Why', 'Costs', 'Since'], items.map((one) =>
      row(`${caption}-${one.objectId}`, () => { location.hash = personLink(one); }, [
        kind && canOrder && h('td', null, box(kind, one)),
        h('th', { scope: 'row' }, one.objectTypeName === 'Group' ? [name(one.displayName ?? one.objectId), ' (group)'] : h('a', { href: personLink(one) }, name(one.displayName ?? one.objectId))),
        h('td', null, removalWord(one)),
        h('td', null, name(removalReason(one))),
        h('td', { class: 'number' }, count(one.cost ?? 1, 'person', 'people')),
        h('td', null, relative(one.since)),
      ])));
  }

  async function decide(verb, items, control) {
    const number = items.length;
    const names = h('ul', { class: 'names' }, items.slice(0, namesShown).map((one) => h('li', null, name(one.displayName ?? one.objectId), ` – ${removalWord(one)}`)));
    const rest = number > namesShown && h('details', null, h('summary', null, `and ${number - namesShown} more`),
      h('ul', { class: 'names' }, items.slice(namesShown).map((one) => h('li', null, name(one.displayName ?? one.objectId)))));
    const isAllowed = verb === 'allow';
    const answer = await confirm(
      isAllowed ? `Allow ${count(number, 'removal')}?` : `Keep ${count(number, 'person or group', 'people and groups')}?`,
      [h('p', null, isAllowed
        ? 'This is carried out in xMatters at once:'
        : 'They leave this list, and stay in xMatters as they are until their reason ends or becomes another. Mend the cause: assign them again, restore them, or correct the filter.'),
      names, rest],
      isAllowed ? `Allow ${number}` : `Keep ${number}`, { danger: isAllowed, number: isAllowed ? number : 0 });
    if (!answer) return;
    const done = await order(control, () => post(`removals/${verb}`, { objectIds: items.map((one) => one.objectId) }),
      isAllowed ? `${count(number, 'removal')} allowed.` : `${count(number, 'removal')} kept back.`);
    if (!done) return;
    chosen.removals.clear();
    await order(null, read);
  }

  function drawKept(items) {
    if (!items) return missing();
    if (items.length === 0) return h('p', { class: 'empty' }, 'Nothing is kept.');
    return [
      h('p', null, 'They stay in xMatters as they are until their reason ends or becomes another. Allowing one is still possible.'),
      removalTable('Kept', items, null),
      canOrder && h('p', { class: 'actions' }, button('Allow kept ones…', (event) => allowKept(items, event.currentTarget), { 'data-key': 'allow-kept' })),
    ];
  }

  async function allowKept(items, control) {
    const boxes = items.map((one) => h('input', { type: 'checkbox', value: one.objectId }));
    const answer = await ask('Which of the kept ones?', boxes.map((box, at) => h('p', null, h('label', null, box, ' ', name(items[at].displayName ?? items[at].objectId)))), [
      ['Cancel', null, { autofocus: true }], ['Go on', true, { class: 'primary' }]]);
    const picked = items.filter((_, at) => boxes[at].checked);
    if (answer && picked.length > 0) await decide('allow', picked, control);
  }

  // MARK: Escrows

  function drawEscrows(state) {
    if (!state) return missing();
    if (state.items.length === 0) return h('p', { class: 'empty' }, 'No object is in escrow: everything that was to be done was done.');
    const groups = grouped(state.items);
    return [
      h('p', null, `${state.more ? 'More than ' : ''}${count(state.items.length, 'object')} failed. They are tried again with growing pauses; what is right by then heals by itself.`),
      [...groups].map(([code, items]) => h('details', { open: true, class: 'card' },
        h('summary', { 'data-key': `code-${code}` }, h('b', null, code), `: ${count(items.length, 'object')}`),
        h('p', null, name(items[0].recommendedAction)),
        canOrder && h('p', { class: 'actions' },
          button(items.length === 1 ? 'Retry' : `Retry all ${items.length}`, (event) => retry(items, event.currentTarget), { 'data-key': `retry-${code}` })),
        table(`Escrows with ${code}`, ['Object', 'Reason', 'Request', 'Attempts', 'Failing since', 'Next attempt', ...(canOrder ? ['Order'] : [])], items.map((one) =>
          row(`escrow-${one.objectId}`, () => { location.hash = personLink(one); }, [
            h('th', { scope: 'row' }, h('a', { href: personLink(one) }, name(one.displayName ?? one.objectId))),
            h('td', null, name(one.reason)), h('td', null, name(exchangeText(one) ?? '–')), h('td', { class: 'number' }, String(one.attempts)),
            h('td', null, time(one.firstFailure)), h('td', null, one.nextAttempt ? relative(one.nextAttempt) : 'next cycle'),
            canOrder && h('td', null, button('Retry', (event) => retry([one], event.currentTarget), { 'data-key': `retry-${one.objectId}` })),
          ]))))),
    ];
  }

  async function retry(items, control) {
    const done = await order(control, () => post('escrows/retry', { objectIds: items.map((one) => one.objectId) }), `${count(items.length, 'object')} tried again.`);
    if (done) await order(null, read);
  }

  // MARK: Orphans

  function drawOrphans(state) {
    if (!state) return missing();
    if (state.items.length === 0) return h('p', { class: 'empty' }, 'There are no orphans.');
    return [
      h('p', null, 'In xMatters with a key of Rollcall, but the directory never knew their object, or no longer does. Nothing is done with them unless you allow that they are disabled.'),
      choice('orphans', state.items, [['Allow to disable…', (items, control) => decide('allow', items.map((one) => ({
        ...one, displayName: one.displayName ?? one.targetName, action: 'disable',
      })), control), 'danger']]),
      table('Orphans', [...(canOrder ? ['Select'] : []), 'Name in xMatters', 'Key', 'Seen since'], state.items.map((one) => row(`orphan-${one.objectId}`, null, [
        canOrder && h('td', null, box('orphans', one)),
        h('th', { scope: 'row' }, name(one.displayName ?? one.targetName ?? one.objectId), one.objectTypeName === 'Group' ? ' (group)' : ''),
        h('td', null, h('code', null, one.externalKey ?? '')), h('td', null, relative(one.firstSeen)),
      ]))),
    ];
  }

  // MARK: Selecting

  function box(kind, one) {
    return h('input', {
      type: 'checkbox', checked: chosen[kind].has(one.objectId), 'data-kind': kind, 'data-id': one.objectId,
      'aria-label': `Select ${one.displayName ?? one.targetName ?? one.objectId}`,
      onchange: (event) => {
        if (event.target.checked) chosen[kind].add(one.objectId);
        else chosen[kind].delete(one.objectId);
        showCount(kind);
      },
    });
  }

  function choice(kind, items, verbs) {
    if (!canOrder) return null;
    const all = h('input', {
      type: 'checkbox', 'data-all': kind,
      onchange: (event) => {
        chosen[kind] = new Set(event.target.checked ? items.map((one) => one.objectId) : []);
        for (const element of body.querySelectorAll(`input[data-kind=${kind}]`)) element.checked = event.target.checked;
        showCount(kind);
      },
    });
    const element = h('p', { class: 'actions', 'data-choice': kind },
      h('label', null, all, ' All'), h('span', { class: 'chosen' }),
      verbs.map(([text, act, tone]) => button(text, (event) => act(items.filter((one) => chosen[kind].has(one.objectId)), event.currentTarget), {
        class: tone, disabled: chosen[kind].size === 0, 'data-key': `${kind}-${text}`,
      })));
    queueMicrotask(() => showCount(kind));
    return element;
  }

  function showCount(kind) {
    const element = body.querySelector(`[data-choice=${kind}]`);
    if (!element) return;
    const number = chosen[kind].size;
    element.querySelector('.chosen').textContent = `${number} selected`;
    for (const control of element.querySelectorAll('button')) control.disabled = number === 0;
    const all = element.querySelector('[data-all]');
    const boxes = body.querySelectorAll(`input[data-kind=${kind}]`).length;
    all.checked = number > 0 && number === boxes;
    all.indeterminate = number > 0 && number < boxes;
  }

  return {
    async refresh(kinds) {
      if (kinds && !kinds.some((kind) => ['removals', 'escrows'].includes(kind))) return false;
      await read();
      return true;
    },
  };
}

async function listIfThere(path) {
  try {
    return await list(path, {}, atMost);
  } catch (problem) {
    if (problem.isMissing) return null;
    throw problem;
  }
}

function missing() {
  return h('p', { class: 'empty' }, 'This service does not tell.');
}

/** What is gone is not selected any more. */
function keep(chosen, items) {
  const there = new Set(items.map((one) => one.objectId));
  for (const id of chosen) if (!there.has(id)) chosen.delete(id);
}

function grouped(items) {
  const groups = new Map();
  for (const one of items) groups.set(one.errorCode, [...(groups.get(one.errorCode) ?? []), one]);
  return groups;
}

function personLink(one) {
  return one.objectTypeName === 'Group' ? `#/log?objectId=${encodeURIComponent(one.objectId)}` : `#/people/${encodeURIComponent(one.objectId)}`;
}

function removalWord(one) {
  if (one.reason === 'membersGone') return 'loses members';
  if (one.reason === 'valuesLost') return 'loses roles or devices';
  return { disable: 'is disabled', delete: 'is deleted' }[one.action] ?? one.action;
}

const reasons = {
  unassigned: 'Not assigned any more', filteredOut: 'Left out by the filters', accountDisabled: 'Account disabled', softDeleted: 'Deleted, in the recycle bin',
  hardDeleted: 'Deleted for good', missing: 'Not found in the directory', membersGone: 'Members are gone', valuesLost: 'Roles or devices are gone', orphan: 'Never known to the directory',
};

/** Why, in words, with what decided. */
export function removalReason(one) {
  return [reasons[one.reason] ?? one.reason, one.detail].filter(Boolean).join(': ');
}
