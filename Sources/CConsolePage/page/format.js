// Times, spans and words.

import { h } from './dom.js';

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const zoned = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** Entra's "never". */
export function isTime(text) {
  return Boolean(text) && !text.startsWith('0001-') && !Number.isNaN(Date.parse(text));
}

/** A moment as date and time of the reader's zone, which its title names. */
export function time(text) {
  if (!isTime(text)) return 'never';
  const date = new Date(text);
  return h('time', { datetime: text, title: zoned.format(date) }, absolute.format(date));
}

export function clockTime(date) {
  return clock.format(date);
}

/** "3 min ago" or "in 2 min", kept right by `tick`. */
export function relative(text) {
  if (!isTime(text)) return 'never';
  const element = h('time', { datetime: text, title: zoned.format(new Date(text)), 'data-relative': true });
  element.textContent = relativeText(Date.parse(text));
  return element;
}

/** "in 11:32"; "now" when it is past. */
export function countdown(moment) {
  const element = h('time', { datetime: new Date(moment).toISOString(), 'data-countdown': true });
  element.textContent = countdownText(moment);
  return element;
}

/** Brings the times that move up to date. */
export function tick() {
  for (const element of document.querySelectorAll('time[data-relative]'))
    set(element, relativeText(Date.parse(element.dateTime)));
  for (const element of document.querySelectorAll('time[data-countdown]'))
    set(element, countdownText(Date.parse(element.dateTime)));
}

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function relativeText(moment) {
  const seconds = Math.round((Date.now() - moment) / 1000);
  if (Math.abs(seconds) < 2) return 'now';
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
}

function countdownText(moment) {
  const seconds = Math.max(0, Math.round((moment - Date.now()) / 1000));
  if (seconds === 0) return 'now';
  const two = (number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `in ${hours > 0 ? `${hours}:` : ''}${rest}`;
}

/** Seconds in words, one or two units. */
export function span(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${Math.round(seconds * 10) / 10 >= 10 ? Math.round(seconds) : Math.round(seconds * 10) / 10} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

/** Seconds of an ISO 8601 duration such as PT20M. */
export function isoSeconds(text) {
  const parts = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(text ?? '');
  return parts ? Number(parts[1] ?? 0) * 3600 + Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0) : null;
}

export function count(number, one, many = `${one}s`) {
  return `${(number ?? 0).toLocaleString()} ${number === 1 ? one : many}`;
}

const symbols = { good: '✓', warning: '▲', bad: '✕', idle: '❚❚', info: '●', none: '–' };

/** A state as symbol and word: never as a colour alone. */
export function badge(tone, text) {
  return h('span', { class: `badge ${tone}` }, h('span', { 'aria-hidden': 'true' }, symbols[tone] ?? '●'), ' ', text);
}

const statusTones = { success: 'good', warning: 'warning', failure: 'bad', skipped: 'none' };
const statusWords = { success: 'Success', warning: 'Warning', failure: 'Failure', skipped: 'Skipped' };

export function statusBadge(status) {
  return badge(statusTones[status] ?? 'info', statusWords[status] ?? status ?? '');
}

const actionWords = {
  create: 'Create', update: 'Update', delete: 'Delete', disable: 'Disable', stageddelete: 'Held removal', other: 'Other',
};

export function actionWord(action) {
  return actionWords[(action ?? '').toLowerCase()] ?? action ?? '';
}
