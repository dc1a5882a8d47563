// The way in: a token, or an account of Microsoft Entra ID.

import { post } from './api.js';
import { h, field } from './dom.js';

/** @param done Called with who is signed in. */
export default function form(message, options, done) {
  const problem = h('p', { role: 'alert', class: 'problem' }, message);
  const token = h('input', { type: 'password', autocomplete: 'current-password', required: true, spellcheck: 'false' });
  const button = h('button', { class: 'primary' }, 'Sign in');
  return h('main', { class: 'sign-in', id: 'main' },
    h('h1', null, 'Rollcall'),
    h('p', null, 'Keeps xMatters people in step with Microsoft Entra ID.'),
    problem,
    options.entra && h('p', null, h('a', {
      class: 'button primary', href: 'sign-in',
      onclick: () => { try { sessionStorage.setItem('rollcall.address', location.hash); } catch { /* It opens at the overview then. */ } },
    }, 'Sign in with Microsoft Entra ID')),
    h('form', {
      onsubmit: async (event) => {
        event.preventDefault();
        button.disabled = true;
        problem.textContent = '';
        try {
          done(await post('session', { token: token.value.trim() }, { quiet: true }));
        } catch (error) {
          problem.textContent = error.status === 401 ? 'This is neither the admin token nor the read token of this service.' : error.message;
          token.focus();
        } finally {
          button.disabled = false;
          token.value = '';
        }
      },
    },
    field('Token', token, 'The content of the file that listener.adminTokenFile or listener.readTokenFile names.'),
    h('p', null, button)));
}
