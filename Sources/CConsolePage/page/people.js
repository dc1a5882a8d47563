// Finds people, and says of one what Rollcall knows: in scope or not and why, both sides, what happened, what waits.

import { get, getIfThere, nextToken, post, remove } from './api.js';
import { Region, button, definitions, field, h, name, table } from './dom.js';
import { actionWord, badge, count, relative, statusBadge, time } from './format.js';
import { modifiedProperties, steps, value } from './entry.js';
import { removalReason } from './attention.js';
import { nameOf, reasonOf } from './log.js';
import { exchangeText } from './overview.js';
import { confirm, order, row, say } from './shell.js';

const pageSize = 50;

export default function people(context) {
  return context.address.argument ? person(context) : search(context);
}

// MARK: Search

function search({ body, address }) {
  const input = h('input', { type: 'search', 'data-search': true, maxlength: 500, value: address.query.get('search') ?? '', 'aria-keyshortcuts': '/' });
  const list = h('div');
  let timer;
  let turn = 0;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const text = input.value.trim();
      history.replaceState(null, '', `#/people${text ? `?search=${encodeURIComponent(text)}` : ''}`);
      order(null, read);
    }, 150);
  });
  body.append(h('form', { role: 'search', class: 'filters', onsubmit: (event) => { event.preventDefault(); list.querySelector('tr[data-row]')?.focus(); } },
    field('Search people', input, 'Name, sign-in name, target name, or an id of either side')), list);

  async function read() {
    const mine = ++turn;
    const text = input.value.trim();
    const found = await find(text);
    if (mine !== turn) return;
    draw(found, text);
  }

  async function find(text, skipToken) {
    if (text) {
      const page = await getIfThere('people', { search: text, top: pageSize, skipToken });
      if (page) return { items: page.value, next: nextToken(page.nextLink) };
      const log = await get('provisioning', { search: text, top: 500 });
      const known = new Map();
      for (const entry of log.value)
        if (!known.has(entry.sourceIdentity.id)) known.set(entry.sourceIdentity.id, { objectId: entry.sourceIdentity.id, objectTypeName: entry.sourceIdentity.identityType, displayName: nameOf(entry) });
      return { items: [...known.values()].slice(0, pageSize), next: null };
    }
    const page = await get('connections', { top: pageSize, skipToken });
    return { items: page.value, next: nextToken(page.nextLink) };
  }

  function draw({ items, next }, text) {
    const rows = (people) => people.map((one) => row(`person-${one.objectId}`, () => { location.hash = link(one); }, [
      h('th', { scope: 'row' }, h('a', { href: link(one) }, name(one.displayName ?? one.targetName ?? one.objectId)), one.objectTypeName === 'Group' ? ' (group)' : ''),
      h('td', null, name(one.userPrincipalName ?? one.targetName ?? '')),
      h('td', null, stateBadge(one.state)), h('td', null, h('code', null, one.objectId)),
    ]));
    const more = h('p', { class: 'actions' });
    const drawMore = (token) => more.replaceChildren(...(token ? [button('More', async (event) => {
      const page = await order(event.currentTarget, () => find(text, token));
      if (!page?.items) return;
      list.querySelector('tbody').append(...rows(page.items));
      drawMore(page.next);
    })] : []));
    list.replaceChildren(items.length === 0
      ? h('p', { class: 'empty' }, text ? 'No person is known by this. People who were never in scope are known to the directory only: give their object id.' : 'No person is managed yet.')
      : table(text ? 'People found' : 'Object connections', ['Name', 'Target name', 'State', 'Object id'], rows(items)), more);
    if (items.length === 0 && /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(text)) list.append(h('p', null, h('a', { href: `#/people/${text}` }, 'Ask the directory for this object id')));
    drawMore(next);
  }

  return {
    navigate: () => false,
    async refresh(kinds) {
      if (kinds) return false;
      await read();
      return true;
    },
    close: () => clearTimeout(timer),
  };
}

function link(one) {
  return one.objectTypeName === 'Group' ? `#/log?objectId=${encodeURIComponent(one.objectId)}` : `#/people/${encodeURIComponent(one.objectId)}`;
}

function stateBadge(state) {
  if (!state) return '';
  return badge({ active: 'good', disabled: 'idle', released: 'none' }[state] ?? 'info', state);
}

// MARK: One person

function person({ body, address, canOrder }) {
  const id = address.argument;
  const path = `people/${encodeURIComponent(id)}`;
  const heading = h('h2', { class: 'person' }, name(id));
  const orders = h('div');
  const facts = region(drawFacts);
  const result = h('div', { class: 'result' });
  const compared = region(drawComparison);
  const history = region(drawHistory);
  body.append(
    h('p', null, h('a', { href: '#/people' }, '← All people')), heading, orders, result,
    h('section', null, h('h3', null, 'In scope, and why'), facts.element),
    h('section', null, h('h3', null, 'Both sides'), compared.element),
    h('section', null, h('h3', null, 'History'), history.element));
  let known = null;
  let comparison = null;

  function region(draw) {
    return new Region(h('div'), draw);
  }

  async function read(compares) {
    known = await getPerson(path, id);
    heading.replaceChildren(name(known.displayName ?? known.connection?.displayName ?? id));
    drawOrders();
    facts.show(known);
    history.show(known.log);
    if (compares) {
      compared.show({ state: 'reading' });
      try {
        const answer = await getIfThere(path, { compare: true });
        comparison = answer ? { state: 'read', rows: answer.comparison ?? [], at: new Date().toISOString(), notes: answer.problems ?? null } : { state: 'missing' };
        if (answer) {
          known = { ...known, ...answer };
          heading.replaceChildren(name(known.displayName ?? id));
          facts.show(known);
        }
      } catch (problem) {
        comparison = { state: 'failed', message: problem.message };
      }
      compared.show(comparison);
    }
  }

  function drawOrders() {
    const keep = document.activeElement?.dataset?.key;
    orders.replaceChildren(h('p', { class: 'actions' },
      canOrder && button('Provision…', (event) => provision(event.currentTarget), { class: 'primary', 'data-key': 'provision' }),
      !canOrder && button('What would be done', (event) => provision(event.currentTarget), { 'data-key': 'provision' }),
      canOrder && known.connection && button('Unlink…', (event) => unlink(event.currentTarget), { 'data-key': 'unlink' }),
      button('Compare again', (event) => order(event.currentTarget, () => read(true)), { 'data-key': 'compare' }),
      h('a', { class: 'button', href: `#/configuration?objectId=${encodeURIComponent(id)}` }, 'Try an expression'),
      h('a', { class: 'button', href: `#/log?objectId=${encodeURIComponent(id)}` }, 'Whole log')));
    if (keep) orders.querySelector(`[data-key="${keep}"]`)?.focus();
  }

  function drawFacts(known) {
    const connection = known.connection;
    const scope = known.scope ?? {};
    const inScope = known.inScope ?? scope.inScope;
    const reasons = [known.scopeReasons ?? known.reasons ?? scope.reasons ?? scope.reason ?? scope.detail ?? scope.description].flat().filter(Boolean);
    return [
      h('p', { class: 'large' }, inScope === true ? badge('good', 'In scope') : inScope === false ? badge('none', 'Not in scope') : badge('info', 'Not known')),
      reasons.length > 0 && h('ul', null, reasons.map((one) => h('li', null, name(typeof one === 'string' ? one : one.description ?? one.detail ?? JSON.stringify(one))))),
      known.removal && h('div', { class: 'banner warning' }, h('p', null, badge('warning', known.removal.state === 'kept' ? 'Kept' : 'Removal held'), ' ',
        name(removalReason(known.removal)), ' – ', relative(known.removal.since), '. '), h('p', null, h('a', { class: 'button', href: '#/attention' }, 'Decide'))),
      known.escrow && h('div', { class: 'banner warning' },
        h('p', null, badge('warning', `In escrow: ${known.escrow.errorCode}`)), definitions([
          ['Reason', name(known.escrow.reason)], ['What to do', name(known.escrow.recommendedAction)], ['Request', name(exchangeText(known.escrow) ?? 'none')],
          ['Attempts', String(known.escrow.attempts)], ['Since', relative(known.escrow.firstFailure)], ['Next attempt', known.escrow.nextAttempt && relative(known.escrow.nextAttempt)]])),
      definitions([
        ['Object id', h('code', null, id)],
        ['Connection', connection ? stateBadge(connection.state) : 'none: not linked to a person in xMatters'],
        ['Person in xMatters', connection && [name(connection.displayName ?? ''), ' ', h('code', null, connection.targetAnchor)]],
        ['Proof of the link', connection?.proof && name(typeof connection.proof === 'string' ? connection.proof : JSON.stringify(connection.proof))],
        ['Supervisor waited for', pending(known)], ['Last applied', known.lastApplied && when(known.lastApplied)],
      ]),
    ];
  }

  function pending(known) {
    const references = [known.pendingReferences ?? known.connection?.pendingReference].flat().filter(Boolean);
    return references.length > 0 ? references.map((one) => {
      const target = typeof one === 'string' ? one : one.objectId;
      return [h('a', { href: `#/people/${encodeURIComponent(target)}` }, target), ' '];
    }) : null;
  }

  function drawComparison(state) {
    if (state.state === 'reading') return h('p', null, 'Both sides are being read…');
    if (state.state === 'missing') return h('p', { class: 'empty' }, 'Neither side could be compared.');
    if (state.state === 'failed') return h('p', { class: 'problem' }, name(state.message));
    const rows = state.rows;
    const differing = rows.filter((one) => one.differs).length;
    if (rows.length === 0) return h('p', { class: 'empty' }, 'There is nothing to compare.');
    return [
      h('p', null, differing === 0 ? badge('good', 'Both sides agree') : badge('warning', `${count(differing, 'attribute')} ${differing === 1 ? 'differs' : 'differ'}`), ' read ', relative(state.at)),
      table('Attribute by attribute', ['Attribute', 'Directory, as mapped', 'xMatters', 'Differs'], rows.map((one) => h('tr', { class: one.differs ? 'differs' : null },
        h('th', { scope: 'row' }, one.attribute), h('td', null, shown(one.directory)), h('td', null, shown(one.xmatters)),
        h('td', null, one.differs ? badge('warning', 'differs') : 'no')))),
    ];
  }

  function drawHistory(entries) {
    if (!entries || entries.length === 0) return h('p', { class: 'empty' }, 'The log has nothing about this person.');
    return h('ul', { class: 'history' }, entries.map((entry) => h('li', null,
      h('details', null,
        h('summary', { 'data-key': `entry-${entry.id}` }, time(entry.activityDateTime), ' ', h('b', null, actionWord(entry.provisioningAction)), ' ', statusBadge(entry.provisioningStatusInfo.status), ' ', reasonOf(entry)),
        modifiedProperties(entry), steps(entry)))));
  }

  // MARK: Orders

  async function provision(control) {
    const subjects = [{ objectId: id, objectTypeName: 'User' }];
    const dry = await order(control, () => post('job/provisionOnDemand', { subjects, dryRun: true }, { limit: 120_000 }));
    if (!dry?.value) return;
    drawRun('What would be done (nothing was written)', dry.value);
    const entry = dry.value[0];
    const isNothing = dry.value.every((one) => one.modifiedProperties.length === 0 && ['skipped', 'success'].includes(one.provisioningStatusInfo.status) && one.provisioningAction === 'other');
    if (!canOrder) {
      result.querySelector('h3')?.focus();
      return;
    }
    const answer = await confirm('Provision now?', [
      h('p', null, name(nameOf(entry)), ': ', actionWord(entry.provisioningAction), ' ', statusBadge(entry.provisioningStatusInfo.status)),
      modifiedProperties(entry), isNothing && h('p', null, 'xMatters agrees already; it is compared again.'),
    ], 'Provision');
    if (!answer) {
      result.querySelector('h3')?.focus();
      return;
    }
    const done = await order(control, () => post('job/provisionOnDemand', { subjects }, { limit: 120_000 }), (run) =>
      `Provisioned: ${run.value?.[0]?.provisioningStatusInfo.status ?? 'nothing was to be done'}.`);
    if (!done?.value) return;
    drawRun('What was done', done.value);
    await order(null, () => read(true));
  }

  function drawRun(title, entries) {
    result.replaceChildren(h('h3', { tabindex: -1 }, title), ...entries.flatMap((entry) => [
      h('p', null, h('b', null, actionWord(entry.provisioningAction)), ' ', statusBadge(entry.provisioningStatusInfo.status), ' ', reasonOf(entry)),
      steps(entry), modifiedProperties(entry)]));
  }

  async function unlink(control) {
    const answer = await confirm('Unlink this person?', [
      h('p', null, name(known.displayName ?? id), ' stays in both systems as they are. Rollcall forgets that they are one; if the person is in scope, the next run matches them anew.'),
    ], 'Unlink', { danger: true });
    if (!answer) return;
    const done = await order(control, async () => {
      await remove(`connections/${encodeURIComponent(id)}`);
      return true;
    }, 'The connection is gone.');
    if (done) await order(null, () => read(false));
  }

  return {
    navigate: () => false,
    async refresh(kinds) {
      if (kinds && !kinds.some((kind) => ['log', 'removals', 'escrows'].includes(kind))) return false;
      try {
        await read(!kinds);
      } catch (problem) {
        if (!problem.isMissing) throw problem;
        facts.show({ connection: null, unknown: true });
        say('Neither Rollcall nor the directory knows this object id.', 'bad');
      }
      return true;
    },
  };
}

/** By the person's own page, or put together from what there is. 404 there may also mean that only the directory knows the id. */
async function getPerson(path, id) {
  const known = await getIfThere(path) ?? await getIfThere(path, { compare: true });
  if (known) return known;
  const [connection, log] = await Promise.all([
    getIfThere(`connections/${encodeURIComponent(id)}`), get('provisioning', { objectId: id, top: 10 }),
  ]);
  return { objectId: id, displayName: log.value[0] ? nameOf(log.value[0]) : connection?.displayName, connection, log: log.value };
}

function shown(one) {
  return Array.isArray(one) ? (one.length === 0 ? value(null) : h('ul', null, one.map((item) => h('li', null, value(item))))) : value(one && typeof one === 'object' ? JSON.stringify(one) : one);
}

function when(one) {
  return typeof one === 'string' ? relative(one) : JSON.stringify(one);
}
