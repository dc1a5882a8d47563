// Tells the views what kind of thing is new: by the stream of events, by polling when that fails, not at all while paused or hidden.

import { eventsURL } from './api.js';

const kinds = ['job', 'log', 'removals', 'escrows', 'subscriptions', 'plan'];
const failuresBeforePolling = 3;
const pollInterval = 5_000;
const patience = 40_000;
const heartbeat = 15_000;

/** States: `live`, `reconnecting`, `polling`, `paused`. Events: `state`, and `news` with `kinds`. */
class Live extends EventTarget {
  state = 'reconnecting';
  isPaused = false;
  #source = null;
  #poll = null;
  #retry = null;
  #watch = null;
  #failures = 0;
  #isOn = false;
  #hasMissed = false;

  start() {
    this.#isOn = true;
    this.#open();
  }

  stop() {
    this.#isOn = false;
    this.#close();
  }

  pause(isPaused) {
    this.isPaused = isPaused;
    if (isPaused) {
      this.#close();
      this.#become('paused');
    } else {
      this.#failures = 0;
      this.#hasMissed = true;
      this.#open();
    }
  }

  /** For a page that is hidden or seen again. */
  visibilityChanged() {
    if (!this.#isOn || this.isPaused) return;
    if (document.hidden) {
      this.#close();
      return;
    }
    this.#hasMissed = true;
    this.#open();
  }

  #open() {
    this.#close();
    if (!this.#isOn || this.isPaused || document.hidden) return;
    if (this.#failures >= failuresBeforePolling) {
      this.#startPolling();
      return;
    }
    this.#become('reconnecting');
    const source = new EventSource(eventsURL, { withCredentials: true });
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
      this.#become('live');
      // Events of the meantime were not delivered.
      if (this.#hasMissed) this.#tell(kinds);
      this.#hasMissed = false;
    };
    source.onerror = () => this.#failed(source);
    for (const kind of kinds) source.addEventListener(kind, () => this.#tell([kind]));
    // A stream whose connection hangs tells of no error; what is read beside it does.
    this.#watch = setInterval(() => {
      if (source.readyState === EventSource.CLOSED) this.#failed(source);
      else if (source.readyState === EventSource.OPEN) this.#tell(['job']);
    }, heartbeat);
  }

  #failed(source) {
    if (source !== this.#source) return;
    source.close();
    this.#source = null;
    this.#failures += 1;
    this.#hasMissed = true;
    this.#become('reconnecting');
    this.#retry = setTimeout(() => this.#open(), 1_000 * this.#failures);
  }

  /** A read beside the stream met no answer. */
  suspect() {
    if (this.state === 'live' && this.#source) this.#failed(this.#source);
  }

  #startPolling() {
    this.#become('polling');
    const began = Date.now();
    this.#tell(kinds);
    this.#poll = setInterval(() => {
      // The stream is tried again now and then.
      if (Date.now() - began > patience) {
        this.#failures = failuresBeforePolling - 1;
        this.#hasMissed = true;
        this.#open();
      } else this.#tell(kinds);
    }, pollInterval);
  }

  #close() {
    this.#source?.close();
    this.#source = null;
    clearInterval(this.#poll);
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event('state'));
  }

  #tell(news) {
    const event = new Event('news');
    event.kinds = news;
    this.dispatchEvent(event);
  }
}

export const live = new Live();
document.addEventListener('visibilitychange', () => live.visibilityChanged());
