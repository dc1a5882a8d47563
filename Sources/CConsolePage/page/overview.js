// How the job is doing, what needs a person, and the buttons that order it about.

import { get, getIfThere, post } from './api.js';
import { Region, button, definitions, h, table } from './dom.js';
import { badge, count, countdown, isoSeconds, isTime, relative, span, time } from './format.js';
import { chart } from './chart.js';
import { ask, confirm, order } from './shell.js';

const soon = 30 * 86_400_000;

export default function overview({ body, canOrder }) {
  const part = (title, draw, properties) => {
    const element = h('div');
    body.append(h('section', properties, title && h('h2', null, title), element));
    return new Region(element, draw);
  };
  const words = part(null, drawWords, { 'aria-label': 'Status and health', class: 'words' });
  const banners = part(null, (list) => list.map((item) => drawBanner(item, canOrder)), { 'aria-label': 'What needs a person' });
  const orders = part(null, drawOrders, { 'aria-label': 'Orders' });
  const grid = h('div', { class: 'cards' });
  body.append(grid);
  const card = (title, draw) => {
    const element = h('div');
    grid.append(h('section', { class: 'card' }, h('h2', null, title), element));
    return new Region(element, draw);
  };
  const cycle = card('Cycle', drawCycle);
  const queue = card('Queue', drawQueue);
  const freshness = card('Freshness, last hour', drawFreshness);
  const counts = card('Objects', drawObjects);
  const actions = part('Actions of the last 24 hours', drawActions);
  const upstreams = part('Upstreams', drawUpstreams);
  const subscriptions = part('Subscriptions', drawSubscriptions);

  let statistics = null;
  let statisticsRead = 0;

  function drawOrders(state) {
    if (!canOrder) return null;
    const send = (path, done) => (event) => order(event.currentTarget, () => post(path), done);
    return h('p', { class: 'actions' },
      state.isPaused
        ? button('Start', send('job/start', 'The job goes on.'), { class: 'primary', 'data-key': 'start' })
        : button('Pause', (event) => pause(event.currentTarget), { 'data-key': 'start' }),
      !state.isPaused && button('Cycle now', send('job/start', 'A cycle begins.'), { 'data-key': 'cycle' }),
      button('Test connection', (event) => order(event.currentTarget, () => post('job/validateCredentials', undefined, { limit: 90_000 }),
        'Both sides let Rollcall in.'), { 'data-key': 'test' }),
      button('Restart…', (event) => restart(event.currentTarget), { 'data-key': 'restart' }));
  }

  return {
    async refresh(kinds) {
      if (kinds && !kinds.some((kind) => ['job', 'removals', 'escrows', 'subscriptions'].includes(kind))) return false;
      // The statistics are of hours: once a minute is enough.
      const isDue = Date.now() - statisticsRead > 60_000 || !kinds;
      const [job, figures] = await Promise.all([get('job'), isDue ? getIfThere('statistics') : statistics]);
      if (isDue) statisticsRead = Date.now();
      statistics = figures;
      const found = findings(job);
      words.show(statusOf(job, found));
      banners.show(found);
      orders.show({ isPaused: isPaused(job) });
      cycle.show(cycleOf(job));
      queue.show(job.queue);
      freshness.show(figures?.freshness ?? null);
      counts.show({ types: job.status.synchronizedEntryCountByType, held: job.heldRemovals, orphans: job.orphans });
      actions.show(figures?.actionsPerHour ?? null);
      upstreams.show(job.upstreams ?? null);
      subscriptions.show(job.subscriptions);
      return true;
    },
  };
}

// MARK: What there is to say

function isPaused(job) {
  return job.schedule.state === 'Paused';
}

/** Whether the guard holds removals, and everything else goes on. */
function isHeld(job) {
  return job.status.quarantine?.reason === 'TooManyDeletes';
}

function isStandby(job) {
  return job.isLeader === false || job.leader === false || job.role === 'standby';
}

function statusOf(job, found) {
  const worst = found.some((item) => item.tone === 'bad') ? 'bad' : found.length > 0 ? 'warning' : 'good';
  const status = isStandby(job) ? ['idle', 'Standby']
    : isPaused(job) ? ['idle', 'Paused']
      : job.status.quarantine && !isHeld(job) ? ['bad', 'Quarantined'] : ['good', 'Running'];
  return { status, health: [worst, { good: 'Healthy', warning: 'Needs attention', bad: 'Failing' }[worst]] };
}

/** What needs a person, the worst first: cause, since, consequence, remedy. */
function findings(job) {
  const found = [];
  const quarantine = job.status.quarantine;
  if (quarantine && !isHeld(job)) {
    found.push({
      tone: 'bad', title: `Quarantine: ${quarantine.reason}`, cause: quarantine.error.message, since: quarantine.currentBegan,
      exchange: exchangeText(quarantine),
      consequence: quarantine.nextAttempt
        ? 'Nothing is written to xMatters. Notifications are still taken; Rollcall tries again by itself.'
        : 'Nothing is written to xMatters until a person starts the job again.',
      next: quarantine.nextAttempt, remedy: quarantine.recommendedAction, order: true,
    });
  }
  if (job.heldRemovals > 0) {
    found.push({
      tone: 'warning', title: `${count(job.heldRemovals, 'removal')} held`, since: isHeld(job) ? quarantine.currentBegan : null,
      cause: isHeld(job) ? quarantine.error.message : 'More people would lose their place in xMatters than the guard lets through unseen.',
      consequence: 'Nothing is taken from these people; everybody else is provisioned.',
      remedy: 'Look at each: allow what is right, keep what is not, and mend the cause.', link: ['#/attention', 'Look at them'],
    });
  }
  const expires = job.credentialExpiresAt;
  if (isTime(expires) && Date.parse(expires) - Date.now() < soon) {
    const isOver = Date.parse(expires) < Date.now();
    found.push({
      tone: isOver ? 'bad' : 'warning', title: isOver ? 'The credential for Entra ID has expired' : 'The credential for Entra ID expires',
      next: isOver ? null : expires, since: isOver ? expires : null, cause: 'Client secrets and certificates have an end.',
      consequence: 'From then on Rollcall cannot read the directory: nothing is provisioned.',
      remedy: 'Make a new one in the app registration and put it into the file that the configuration names; it is read again by itself.',
    });
  }
  if (isTime(job.notificationsSilentSince)) {
    found.push({
      tone: 'warning', title: 'No notification arrives', since: job.notificationsSilentSince,
      cause: 'Cycles find changes that Graph told nothing about.',
      consequence: 'Changes are found by the pulse and by cycles, later than they could be.',
      remedy: 'Check that listener.publicUrl can be reached from the internet, and what stands in front of it.',
    });
  }
  const lost = (job.subscriptions ?? []).filter((one) => Date.parse(one.expirationDateTime) < Date.now());
  for (const one of lost) {
    found.push({
      tone: 'warning', title: `The subscription to ${one.resource} has ended`, since: one.expirationDateTime,
      cause: 'It could not be renewed in time.', consequence: 'Graph sends no notifications for it.',
      remedy: 'It is made again by the next cycle; the log of the service says why that fails, if it does.',
    });
  }
  const escrows = escrowCount(job);
  if (escrows > 0) {
    found.push({
      tone: 'warning', title: `${count(escrows, 'object')} in escrow`, cause: 'They failed, and are tried again with growing pauses.',
      consequence: 'These people are as they were in xMatters.', remedy: 'Each says what to do.', link: ['#/attention', 'Look at them'],
    });
  }
  return found;
}

/** By code when the service groups them, as a number otherwise. */
export function escrowCount(job) {
  const escrows = job.escrows ?? job.escrowsByCode;
  if (typeof escrows === 'number') return escrows;
  const groups = Array.isArray(escrows) ? escrows : escrows?.byCode ?? escrows ?? {};
  const numbers = Array.isArray(groups) ? groups.map((group) => group.count ?? group.value) : Object.values(groups);
  return numbers.reduce((sum, number) => sum + (Number(number) || 0), 0);
}

export function exchangeText({ request, response }) {
  if (!request) return null;
  const answer = response ? `${response.status}${response.message ? ` (${response.message})` : ''}` : 'no answer';
  return `${request.method} ${request.route}: ${answer}`;
}

// MARK: Drawing

function drawWords({ status, health }) {
  return [
    h('p', { class: 'word' }, h('span', null, 'Status'), badge(...status)),
    h('p', { class: 'word' }, h('span', null, 'Health'), badge(...health)),
  ];
}

function drawBanner(item, canOrder) {
  return h('article', { class: `banner ${item.tone}` },
    h('h2', null, badge(item.tone, item.title)),
    definitions([
      ['Cause', item.cause], ['Request', item.exchange && h('code', null, item.exchange)],
      ['Since', item.since && [relative(item.since), ' (', time(item.since), ')']],
      ['Next', item.next && [relative(item.next), ' (', time(item.next), ')']],
      ['Consequence', item.consequence], ['What to do', item.remedy],
    ]),
    (item.link || (item.order && canOrder)) && h('p', { class: 'actions' },
      item.link && h('a', { class: 'button', href: item.link[0], 'data-key': `banner ${item.title}` }, item.link[1]),
      item.order && canOrder && button('Try now', (event) => order(event.currentTarget, () => post('job/start'),
        'The quarantine ends, and a cycle begins.'), { 'data-key': 'banner-start' })));
}

function cycleOf(job) {
  const seconds = isoSeconds(job.schedule.interval);
  const last = job.status.lastExecution;
  const next = job.status.nextExecution?.timeBegan ?? job.nextCycleAt
    ?? (last?.timeBegan && seconds ? new Date(Date.parse(last.timeBegan) + seconds * 1000).toISOString() : null);
  return {
    interval: seconds, running: job.status.currentExecution, progress: job.status.progress?.[0] ?? null, last,
    next: isPaused(job) || job.status.currentExecution ? null : next, completeness: job.lastCycle?.completeness ?? last?.completeness ?? null,
    steady: job.status.steadyStateLastAchievedTime,
  };
}

function drawCycle(state) {
  const { running, progress, last } = state;
  const parts = [];
  if (running) {
    const total = progress?.totalUnits;
    parts.push(h('p', null, `A cycle runs (${running.kind ?? 'cycle'}), begun `, relative(running.timeBegan), '.'));
    if (progress) {
      parts.push(
        h('progress', { max: total ?? undefined, value: total ? progress.completedUnits : null, 'aria-label': 'Objects done' }),
        h('p', null, total === null || total === undefined
          ? 'Reading the directory and xMatters; how many objects there are is known then.'
          : `${progress.completedUnits.toLocaleString()} of ${count(total, 'object')}`
            + (progress.failedUnits ? `, ${progress.failedUnits.toLocaleString()} failed` : '')
            + (progress.unitsPerSecond ? `, ${progress.unitsPerSecond}/s over the last minute` : '')
            + (progress.estimatedSecondsRemaining ? `; about ${span(progress.estimatedSecondsRemaining)} left at this rate` : '')));
    }
  } else if (state.next) {
    parts.push(h('p', { class: 'large' }, 'Next cycle ', countdown(Date.parse(state.next))));
  }
  if (last) {
    const ended = isTime(last.timeEnded);
    const tone = { Succeeded: 'good', EntryLevelErrors: 'warning', Failed: 'bad' }[last.state] ?? 'info';
    const word = { Succeeded: 'Succeeded', EntryLevelErrors: 'Some objects failed', Failed: 'Failed' }[last.state] ?? last.state ?? '';
    parts.push(definitions([
      ['Last cycle', [badge(tone, word), ` ${last.kind ?? ''}`]],
      ['Ended', ended && relative(last.timeEnded)],
      ['Took', ended && span((Date.parse(last.timeEnded) - Date.parse(last.timeBegan)) / 1000)],
      ['Looked at', count(last.countImported, 'object')], ['Written', count(last.countExported, 'object')],
      ['Failed', last.countEscrowed > 0 && count(last.countEscrowed, 'object')],
      ['Error', last.error && `${last.error.code}: ${last.error.message}`],
      ['Log', h('a', { href: `#/log?cycleId=${encodeURIComponent(last.activityIdentifier)}`, 'data-key': 'cycle-log' }, 'Entries of this cycle')],
    ]));
    if (state.completeness) parts.push(drawCompleteness(state.completeness));
  } else if (!running) parts.push(h('p', null, 'No cycle has ended yet.'));
  return parts;
}

function drawCompleteness(completeness) {
  const rows = Array.isArray(completeness) ? completeness : Object.entries(completeness).map(([key, value]) => ({ name: key, ...value }));
  return h('details', null, h('summary', { 'data-key': 'completeness' }, 'Completeness'),
    table('Expected and read', ['What', 'Expected', 'Read'], rows.map((one) => h('tr', null,
      h('th', { scope: 'row' }, one.name ?? one.what ?? ''), h('td', { class: 'number' }, one.expected ?? '–'), h('td', { class: 'number' }, one.read ?? '–')))));
}

function drawQueue(queue) {
  return definitions([
    ['Waiting', count(queue.depth, 'object')], ['Being processed', String(queue.processing)],
    ['Waiting for their time', String(queue.delayed)], ['Oldest', queue.depth > 0 ? span(queue.oldestAgeSeconds) : 'none'],
  ]);
}

/** Shapes: `{p50Seconds, p95Seconds}`, also one for each way, by its name. */
function drawFreshness(freshness) {
  if (!freshness) return h('p', { class: 'muted' }, 'This service keeps no statistics.');
  const ways = freshness.p50Seconds !== undefined ? [['all', freshness]] : [];
  for (const [name, value] of Object.entries(freshness))
    if (value && typeof value === 'object') ways.push([name, value]);
  const seconds = (value) => (value === null || value === undefined ? '–' : span(value));
  if (!ways.some(([, value]) => value.p50Seconds !== null && value.p50Seconds !== undefined))
    return h('p', { class: 'muted' }, 'Nothing changed in the last hour.');
  return table('From the change to xMatters', ['By', 'Half within', '95 % within'], ways.map(([name, value]) => h('tr', null,
    h('th', { scope: 'row' }, name), h('td', { class: 'number' }, seconds(value.p50Seconds)), h('td', { class: 'number' }, seconds(value.p95Seconds)))));
}

function drawObjects({ types, held, orphans }) {
  return definitions([
    ...types.map(({ key, value }) => [`${key}s`, value.toLocaleString()]),
    ['Held removals', held.toLocaleString()], ['Orphans', (orphans ?? 0).toLocaleString()],
  ]);
}

function drawActions(hours) {
  return hours ? chart(hours) : h('p', { class: 'muted' }, 'This service keeps no statistics.');
}

function drawUpstreams(upstreams) {
  if (!upstreams) return h('p', { class: 'muted' }, 'This service tells nothing of its upstreams.');
  return table('Systems that Rollcall asks', ['System', 'Requests a minute', 'Throttled until', 'Errors, last hour'], upstreams.map((one) => h('tr', null,
    h('th', { scope: 'row' }, one.name ?? one.upstream ?? ''),
    h('td', { class: 'number' }, String(one.requestsPerMinute ?? one.rate ?? '–')),
    h('td', null, isTime(one.throttledUntil) ? relative(one.throttledUntil) : 'not throttled'),
    h('td', { class: 'number' }, String(one.errors ?? one.errorsLastHour ?? '–')))));
}

function drawSubscriptions(subscriptions) {
  if (!subscriptions?.length)
    return h('p', { class: 'muted' }, 'None: listener.publicUrl is not set, or they are being made. The pulse and the cycles find changes all the same.');
  return table('Subscriptions of Graph', ['Resource', 'Expires', 'Called at'], subscriptions.map((one) => h('tr', null,
    h('th', { scope: 'row' }, one.resource), h('td', null, relative(one.expirationDateTime)), h('td', null, one.notificationUrl ?? ''))));
}

// MARK: Orders

async function pause(control) {
  const answer = await confirm('Pause the job?', [
    h('p', null, 'Nothing more is begun until it is started again, also after a restart of the process. A running cycle is broken off; notifications are still taken.'),
  ], 'Pause');
  if (answer) await order(control, () => post('job/pause'), 'The job is paused.');
}

const scopes = [
  ['Watermark', 'Evaluates everybody again and compares with xMatters, in one full cycle.'],
  ['Escrows', 'Forgets failures, so that each object is tried at once.'],
  ['QuarantineState', 'Lifts a quarantine.'],
  ['ForceDeletes', 'Carries out every removal that is held at this moment. Look at them first.'],
  ['Full', 'All of the above, and forgets the object connections: they come back from the external keys in xMatters.'],
];

async function restart(control) {
  const boxes = scopes.map(([key, text], index) => {
    const box = h('input', { type: 'checkbox', value: key, checked: index < 3, 'aria-describedby': `scope-${key}` });
    return [box, h('p', null, h('label', null, box, ` ${key}`), h('br'), h('small', { id: `scope-${key}` }, text))];
  });
  const answer = await ask('Restart the job', [
    h('p', null, 'Undoes what is ticked and begins a cycle. A paused job goes on.'),
    h('fieldset', null, h('legend', null, 'Scope'), boxes.map(([, element]) => element)),
  ], [['Cancel', null], ['Restart', true, { class: 'danger' }]]);
  if (!answer) return;
  const chosen = boxes.map(([box]) => box).filter((box) => box.checked).map((box) => box.value);
  await order(control, () => post('job/restart', { criteria: { resetScope: chosen.join(', ') || 'None' } }), 'The job is restarted.');
}
