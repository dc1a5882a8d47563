// Finds one person by name or id.

import { getIfThere } from './api.js';
import { freshID, h } from './dom.js';

/** `objectID` is null until a person is chosen. */
export function personPicker(label, objectID = null) {
  const list = h('datalist', { id: freshID('people') });
  const input = h('input', { list: list.id, autocomplete: 'off', id: freshID('field'), value: objectID ?? '', maxlength: 200 });
  const found = new Map();
  const picker = { objectID: objectID ?? null, element: h('p', { class: 'field' }, h('label', { for: input.id }, label), input, list) };
  let timer;
  input.addEventListener('input', () => {
    const text = input.value.trim();
    picker.objectID = found.get(text) ?? (/^[0-9a-f-]{36}$/i.test(text) ? text : null);
    clearTimeout(timer);
    if (!picker.objectID && text.length > 1) timer = setTimeout(() => search(text), 200);
  });

  async function search(text) {
    let page;
    try { page = await getIfThere('people', { search: text, top: 10 }); } catch { return; }
    if (!page || input.value.trim() !== text) return;
    found.clear();
    list.replaceChildren(...page.value.map((one) => {
      const title = `${one.displayName ?? one.targetName ?? ''} (${one.userPrincipalName ?? one.targetName ?? one.objectId})`;
      found.set(title, one.objectId);
      return h('option', { value: title });
    }));
  }
  return picker;
}
