// Elements. Text goes in as text nodes and attributes only: what comes from a directory is never markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An element. Properties that begin with "on" are listeners; null, undefined and false are left out; children may be nested lists. */
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for drawings. */
export function svg(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'disabled') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) add(element, child);
    else element.append(child);
  }
}

/** Text of the directory: isolated, so that its direction does not reach what stands beside it. */
export function name(text) {
  return h('bdi', { class: 'name' }, text ?? '');
}

let ids = 0;

/** An id that no other element of the page has. */
export function freshID(prefix = 'e') {
  return `${prefix}-${++ids}`;
}

/** A label with its control. */
export function field(label, control, hint) {
  control.id ||= freshID('field');
  if (hint) {
    const id = freshID('hint');
    control.setAttribute('aria-describedby', id);
    return h('p', { class: 'field' }, h('label', { for: control.id }, label), control, h('small', { id }, hint));
  }
  return h('p', { class: 'field' }, h('label', { for: control.id }, label), control);
}

export function select(options, value, properties) {
  const element = h('select', properties, options.map(([key, text]) => h('option', { value: key }, text)));
  element.value = value ?? '';
  return element;
}

export function button(text, onclick, properties) {
  return h('button', { type: 'button', onclick, ...properties }, text);
}

/**
 * A part of the page that is drawn again when its data is another than before. Focus stays: on what has the same `data-key`, or else on the
 * part itself.
 */
export class Region {
  #draw;
  #shown;

  constructor(element, draw) {
    this.element = element;
    this.#draw = draw;
  }

  show(data) {
    const text = JSON.stringify(data) ?? '';
    if (text === this.#shown) return;
    this.#shown = text;
    const active = document.activeElement;
    const held = this.element.contains(active) && active !== this.element ? active : null;
    const key = held?.dataset.key;
    const drawn = this.#draw(data);
    this.element.replaceChildren(...[drawn].flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    if (!held) return;
    const again = key && [...this.element.querySelectorAll('[data-key]')].find((element) => element.dataset.key === key);
    if (again) again.focus();
    else {
      this.element.tabIndex = -1;
      this.element.focus();
    }
  }
}

/** A table with a caption, and heads that say what they are of. */
export function table(caption, heads, rows, properties) {
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h('table', properties,
      h('caption', null, caption),
      h('thead', null, h('tr', null, heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', null, rows)));
}

export function definitions(pairs) {
  return h('dl', null, pairs.filter((pair) => pair && pair[1] !== null && pair[1] !== undefined && pair[1] !== '')
    .map(([term, text]) => h('div', null, h('dt', null, term), h('dd', null, text))));
}

/** Tabs by the pattern of ARIA: arrows move, the panel follows. */
export function tabs(label, items, chosen, onchoose) {
  const panel = h('div', { role: 'tabpanel', class: 'panel', tabindex: 0, id: freshID('panel') });
  const list = h('div', { role: 'tablist', 'aria-label': label });
  const buttons = items.map(([key, text]) => h('button', {
    type: 'button', role: 'tab', id: freshID('tab'), 'aria-controls': panel.id, 'data-key': `tab-${key}`,
    onclick: () => choose(key, true),
  }, text));
  function choose(key, told) {
    const index = Math.max(0, items.findIndex(([other]) => other === key));
    buttons.forEach((tab, at) => {
      tab.setAttribute('aria-selected', String(at === index));
      tab.tabIndex = at === index ? 0 : -1;
    });
    panel.setAttribute('aria-labelledby', buttons[index].id);
    panel.replaceChildren(...[items[index][2]()].flat(Infinity).filter(Boolean));
    if (told) onchoose?.(items[index][0]);
  }
  list.addEventListener('keydown', (event) => {
    const at = buttons.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    const next = (at + step + items.length) % items.length;
    choose(items[next][0], true);
    buttons[next].focus();
  });
  list.append(...buttons);
  choose(chosen, false);
  return h('div', { class: 'tabs' }, list, panel);
}
