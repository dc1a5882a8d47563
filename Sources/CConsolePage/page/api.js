// The admin API, relative to the page, so that a path prefix does not matter.

const base = new URL('../api/v1/', document.baseURI);
const usualLimit = 30_000;

// A session ends when it is not used. What the page reads by itself is no use.
const unattendedAfter = 60_000;
let lastInput = Date.now();
for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, () => { lastInput = Date.now(); }, { passive: true });

/** Why a request was not answered as hoped. `status` is 0 when no answer came. */
export class Problem extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Whether this service does not have what was asked for. */
  get isMissing() { return this.status === 404; }
}

/** Tells when the session has ended: `signed-out`. */
export const session = new EventTarget();

/** @param limit Milliseconds until the answer must be there. */
async function request(method, path, { query, body, accept, limit = usualLimit, quiet } = {}) {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== null && value !== undefined && value !== '') url.searchParams.set(name, value);
  const options = {
    method, credentials: 'same-origin', cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(limit),
    headers: { Accept: accept ?? 'application/json' },
  };
  if (method !== 'GET') options.headers['Content-Type'] = 'application/json';
  if (Date.now() - lastInput > unattendedAfter) options.headers['Rollcall-Unattended'] = 'true';
  if (body !== undefined) options.body = JSON.stringify(body);
  let answer;
  let text;
  try {
    answer = await fetch(url, options);
    text = await answer.text();
  } catch (error) {
    throw new Problem(0, 'NoAnswer', error.name === 'TimeoutError'
      ? `No answer within ${limit / 1000} s. It is not known whether the service did what was asked; look before trying again.`
      : 'No answer: the service cannot be reached.');
  }
  if (answer.ok) return { answer, text };
  let error = {};
  try { error = JSON.parse(text).error ?? {}; } catch { /* A proxy's own page. */ }
  if (answer.status === 401 && !quiet) session.dispatchEvent(new Event('signed-out'));
  throw new Problem(answer.status, error.code ?? 'Unexpected', error.message ?? `The answer was ${answer.status}, and not of this service.`);
}

async function json(method, path, options) {
  const { text } = await request(method, path, options);
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(0, 'Unreadable', 'The answer is broken: it is no JSON.');
  }
}

export const get = (path, query, options) => json('GET', path, { query, ...options });
export const post = (path, body, options) => json('POST', path, { body, ...options });
export const remove = (path, options) => json('DELETE', path, options);

/** What is there, or null when this service does not have it (yet). */
export async function getIfThere(path, query) {
  try {
    return await get(path, query);
  } catch (problem) {
    if (problem.isMissing) return null;
    throw problem;
  }
}

/** All pages up to so many items; `more` says that there are others. */
export async function list(path, query, atMost = 1000) {
  const items = [];
  let skipToken;
  do {
    const page = await get(path, { ...query, top: Math.min(1000, atMost - items.length), skipToken });
    items.push(...page.value);
    skipToken = nextToken(page.nextLink);
  } while (skipToken && items.length < atMost);
  return { items, more: Boolean(skipToken) };
}

export function nextToken(link) {
  return link ? new URL(link, base).searchParams.get('skipToken') : null;
}

/** A page of CSV, and the token of the next one. */
export async function csv(path, query) {
  const { answer, text } = await request('GET', path, { query, accept: 'text/csv' });
  const link = /<([^>]*)>;\s*rel="?next"?/.exec(answer.headers.get('Link') ?? '');
  return { text, next: link ? nextToken(link[1]) : null };
}

/** The address of the stream of events. */
export const eventsURL = new URL('events', base);
