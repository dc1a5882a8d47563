// What is in force; an expression tried on a real person; and who would change if mappings or filters were others.

import { get, getIfThere, list, post } from './api.js';
import { button, field, freshID, h, name, table } from './dom.js';
import { actionWord, count } from './format.js';
import { value } from './entry.js';
import { personPicker } from './picker.js';
import { order } from './shell.js';

const shownChanges = 200;

export default function configuration({ body, address }) {
  const effective = h('div');
  const plan = whatIf();
  body.append(
    h('section', null, h('h2', null, 'In force'), h('p', { class: 'muted' }, 'Configuration is a file: this is for reading. Secrets show as the place they come from.'), effective),
    h('section', null, h('h2', { id: 'try' }, 'Try an expression'), expressionTrial(address.query)),
    h('section', null, h('h2', null, 'What if'), plan.element));
  let settings = null;

  function draw(items) {
    if (items === null) {
      effective.replaceChildren(h('p', { class: 'empty' }, 'This service does not tell its configuration.'));
      return;
    }
    const sections = new Map();
    for (const one of items) {
      const key = one.key.split('.')[0].replace(/\[.*$/, '');
      sections.set(key, [...(sections.get(key) ?? []), one]);
    }
    const search = h('input', {
      type: 'search', 'data-search': true, 'aria-keyshortcuts': '/',
      oninput: () => {
        const text = search.value.trim().toLowerCase();
        for (const element of effective.querySelectorAll('tr[data-text]')) element.hidden = !element.dataset.text.includes(text);
        for (const element of effective.querySelectorAll('details')) {
          const found = element.querySelectorAll('tr[data-text]:not([hidden])').length;
          element.hidden = found === 0;
          if (text) element.open = true;
        }
      },
    });
    effective.replaceChildren(field('Find', search, 'A key or a value'), ...[...sections].map(([key, rows]) =>
      h('details', { open: ['mappings', 'scopingFilters'].includes(key) }, h('summary', null, h('b', null, key), ` (${rows.length})`),
        table(key, ['Key', 'Value', 'From'], rows.map((one) => h('tr', { 'data-text': `${one.key} ${text(one.value)}`.toLowerCase() },
          h('th', { scope: 'row' }, h('code', null, one.key)), h('td', null, name(text(one.value))), h('td', null, originWord(one.origin))))))));
  }

  return {
    async refresh(kinds) {
      if (kinds?.includes('plan')) await plan.refresh();
      if (settings || (kinds && !kinds.includes('plan'))) return Boolean(kinds?.includes('plan'));
      try {
        settings = (await list('configuration', {}, 10_000)).items;
      } catch (problem) {
        if (!problem.isMissing && problem.status !== 400) throw problem;
        settings = (await getIfThere('configuration'))?.value ?? null;
      }
      draw(settings);
      return true;
    },
    close: plan.close,
  };
}

function text(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function originWord(origin) {
  return { file: 'file', environment: 'environment', default: 'default' }[origin] ?? origin ?? '';
}

// MARK: Try an expression

function expressionTrial(query) {
  const code = h('textarea', { rows: 3, spellcheck: 'false', class: 'code', value: query.get('expression') ?? '' });
  const output = h('output', { class: 'result', for: '' });
  const attributes = h('textarea', { rows: 5, spellcheck: 'false', class: 'code' });
  attributes.value = '{\n  "givenName": "Ada",\n  "surname": "Keita"\n}';
  const byHand = h('details', null, h('summary', null, 'Attributes by hand instead of a person'), field('Attributes as JSON', attributes));
  const picker = personPicker('Person', query.get('objectId'));
  output.setAttribute('aria-live', 'polite');

  async function evaluate(control) {
    const expression = code.value.trim();
    if (!expression) {
      output.replaceChildren('Write an expression first.');
      return;
    }
    const subject = { expression };
    if (byHand.open || !picker.objectID) {
      try {
        subject.attributes = JSON.parse(attributes.value);
      } catch (error) {
        output.replaceChildren(h('p', { class: 'problem' }, `The attributes are no JSON: ${error.message}`));
        return;
      }
      if (!byHand.open) {
        output.replaceChildren('Choose a person, or give attributes by hand.');
        return;
      }
    } else subject.objectId = picker.objectID;
    control.disabled = true;
    try {
      draw(await post('expressions/evaluate', subject), expression);
    } catch (problem) {
      output.replaceChildren(h('p', { class: 'problem' }, problem.message));
    } finally {
      control.disabled = false;
    }
  }

  function draw(answer, expression) {
    if (answer.error) {
      output.replaceChildren(h('p', { class: 'problem' }, name(answer.error)), mark(expression, answer));
      const at = position(expression, answer);
      if (at !== null) {
        code.focus();
        code.setSelectionRange(at, Math.min(expression.length, at + 1));
      }
      return;
    }
    output.replaceChildren(...(answer.skip ? ['The attribute would not be written.']
      : answer.value === null ? ['Nothing (null).']
        : Array.isArray(answer.value) ? [h('ul', null, answer.value.map((one) => h('li', null, name(one))))] : [h('code', null, name(answer.value))]));
  }

  const functions = h('details', null, h('summary', null, 'Functions'));
  functions.addEventListener('toggle', async () => {
    if (!functions.open || functions.dataset.read) return;
    functions.dataset.read = 'true';
    const answer = await order(null, () => getIfThere('expressions/functions'));
    const known = answer?.value ?? [];
    functions.append(known.length === 0 ? h('p', { class: 'empty' }, 'This service does not tell its functions.')
      : h('ul', { class: 'functions' }, known.map((one) => {
        const title = typeof one === 'string' ? one : one.name;
        const usage = one.signature ?? one.usage ?? `${title}()`;
        return h('li', null, button(usage, () => insert(code, one.template ?? `${title}()`), { class: 'quiet code' }), ' ', one.description ?? one.summary ?? '');
      })));
  });

  return h('div', null,
    field('Expression', code, 'Such as Join(" ", [givenName], [surname])'), picker.element, byHand, functions,
    h('p', { class: 'actions' }, button('Evaluate', (event) => evaluate(event.currentTarget), { class: 'primary' })), output);
}

/** Where in the expression an error is, if it says so. */
function position(expression, answer) {
  const given = answer.position ?? answer.offset ?? /(?:position|character|column) (\d+)/i.exec(answer.error)?.[1];
  if (given === undefined || given === null) return null;
  const at = Number(given) - (answer.position === undefined && answer.offset === undefined ? 1 : 0);
  return at >= 0 && at <= expression.length ? at : null;
}

function mark(expression, answer) {
  const at = position(expression, answer);
  if (at === null) return '';
  return h('pre', { class: 'code' }, expression.slice(0, at), h('mark', null, expression.slice(at, at + 1) || ' '), expression.slice(at + 1));
}

function insert(area, text) {
  const at = area.selectionStart ?? area.value.length;
  area.setRangeText(text, at, area.selectionEnd ?? at, 'end');
  if (text.endsWith('()')) area.setSelectionRange(at + text.length - 1, at + text.length - 1);
  area.focus();
}

// MARK: What if

const example = `mappings:
  users:
    - {target: targetName, source: "[userPrincipalName]", matching: 1}
    - {target: firstName, source: "Coalesce([givenName], [displayName])"}
    - {target: lastName, source: "ToUpper([surname])"}
`;

function whatIf() {
  const yaml = h('textarea', { rows: 10, spellcheck: 'false', class: 'code', placeholder: example });
  const result = h('div', { class: 'result', id: freshID('plan') });
  const start = h('button', { class: 'primary' }, 'See who would change');
  const only = personPicker('Only this person (optional)');
  let id = null;
  let timer = null;
  let last = null;

  async function refresh() {
    if (!id) return;
    let plan;
    try {
      plan = await get(`plan/${encodeURIComponent(id)}`);
    } catch (problem) {
      if (problem.status === 0) return;
      id = null;
      result.replaceChildren(h('p', { class: 'problem' }, problem.message));
      return;
    }
    last = plan;
    if (plan.state === 'running') {
      result.replaceChildren(h('p', null, 'Both sides are being read; nothing is written…'), h('progress', { 'aria-label': 'The plan is made' }));
      return;
    }
    id = null;
    clearInterval(timer);
    draw();
  }

  function draw() {
    if (!last || last.state === 'running') return;
    if (last.state === 'failed') {
      const problem = last.error?.message ?? last.error ?? 'The service log says why.';
      result.replaceChildren(h('p', { class: 'problem' }, name(`The plan failed: ${typeof problem === 'string' ? problem : JSON.stringify(problem)}`)));
      return;
    }
    const all = last.value ?? [];
    const changes = only.objectID ? all.filter((one) => one.sourceIdentity?.id === only.objectID) : all;
    const counts = last.summary?.counts ?? last.summary ?? {};
    const numbers = Object.entries(counts).filter(([, number]) => typeof number === 'number' && number > 0);
    result.replaceChildren(
      h('h3', { tabindex: -1 }, only.objectID ? `${changes.length === 0 ? 'This person would not change' : 'This person would change'}` : `${count(all.length, 'person', 'people')} would change`),
      ...(numbers.length > 0 ? [h('p', null, numbers.map(([key, number]) => `${actionWord(key)}: ${number.toLocaleString()}`).join(' · '))] : []),
      ...(changes.length === 0 ? [] : [table('Who would change how', ['Who', 'Action', 'Changes'], changes.slice(0, shownChanges).map((one) => h('tr', null,
        h('th', { scope: 'row' }, h('a', { href: `#/people/${encodeURIComponent(one.sourceIdentity.id)}` }, name(one.sourceIdentity.displayName ?? one.sourceIdentity.id))),
        h('td', null, actionWord(one.provisioningAction)),
        h('td', null, h('ul', { class: 'changes' }, one.modifiedProperties.map((property) => h('li', null, h('b', null, property.displayName), ': ', value(property.oldValue), ' → ', value(property.newValue))))))))]),
      ...(changes.length > shownChanges ? [h('p', { class: 'muted' }, `The first ${shownChanges} are shown.`)] : []));
    result.querySelector('h3').focus();
  }

  const element = h('form', {
    onsubmit: async (event) => {
      event.preventDefault();
      start.disabled = true;
      try {
        ({ id } = await post('plan', { configuration: yaml.value }));
        await refresh();
        clearInterval(timer);
        timer = setInterval(refresh, 2_000);
      } catch (problem) {
        result.replaceChildren(h('p', { class: 'problem', role: 'alert' },
          problem.isMissing ? 'This service makes no plans.' : name(problem.message)));
      } finally {
        start.disabled = false;
      }
    },
  },
  field('Changed mappings, scopingFilters or deprovisioning, as YAML', yaml, 'What is left out stays as it is in force. Nothing is written anywhere.'),
  only.element, h('p', { class: 'actions' }, start), result);
  return { element, refresh, close: () => clearInterval(timer) };
}
