// One entry of the provisioning log, in Entra's four tabs; and the five steps as cards.

import { definitions, h, name, table, tabs } from './dom.js';
import { actionWord, span, statusBadge, time } from './format.js';

const stepNames = {
  import: 'Import', scoping: 'Determine if in scope', matching: 'Match between source and target', processing: 'Evaluate',
  referenceResolution: 'Resolve references', export: 'Perform action',
};

export function entryTabs(entry, chosen, onchoose) {
  const failed = Boolean(entry.provisioningStatusInfo.errorInformation);
  return tabs('About this entry', [
    ['steps', 'Steps', () => steps(entry)],
    ['advice', 'Troubleshooting & recommendations', () => advice(entry)],
    ['properties', 'Modified properties', () => modifiedProperties(entry)],
    ['summary', 'Summary', () => summary(entry)],
  ], chosen ?? (failed ? 'advice' : 'steps'), onchoose);
}

/** Only those that happened. */
export function steps(entry) {
  if (entry.provisioningSteps.length === 0) return h('p', null, 'No step was taken.');
  return h('ol', { class: 'steps' }, entry.provisioningSteps.map((step) => h('li', { class: 'card' },
    h('h3', null, stepNames[step.provisioningStepType] ?? step.provisioningStepType, ' ', statusBadge(step.status)),
    h('p', null, name(step.description)),
    Object.keys(step.details ?? {}).length > 0 && definitions(Object.entries(step.details).map(([key, value]) => [key, name(String(value))])))));
}

function advice(entry) {
  const error = entry.provisioningStatusInfo.errorInformation;
  if (!error) {
    const warnings = entry.provisioningSteps.filter((step) => step.status === 'warning');
    if (warnings.length === 0) return h('p', null, 'Nothing went wrong.');
    return warnings.map((step) => h('p', null, statusBadge('warning'), ' ', name(step.description)));
  }
  return definitions([
    ['Error code', h('code', null, error.errorCode)], ['Reason', name(error.reason)],
    ['What to do', name(error.recommendedAction)], ['Request and answer', error.additionalDetails && name(error.additionalDetails)],
  ]);
}

export function modifiedProperties(entry) {
  if (entry.modifiedProperties.length === 0) return h('p', null, 'Nothing was changed.');
  return table('Old and new values', ['Property', 'Old value', 'New value'], entry.modifiedProperties.map((property) => h('tr', null,
    h('th', { scope: 'row' }, property.displayName), h('td', null, value(property.oldValue)), h('td', null, value(property.newValue)))));
}

export function value(text) {
  return text === null || text === undefined ? h('span', { class: 'muted' }, 'none') : name(String(text));
}

function summary(entry) {
  const cycle = entry.cycleId && h('a', { href: `#/log?cycleId=${encodeURIComponent(entry.cycleId)}` }, entry.cycleId);
  return definitions([
    ['Action', actionWord(entry.provisioningAction)], ['Status', statusBadge(entry.provisioningStatusInfo.status)],
    ['Time', time(entry.activityDateTime)], ['Duration', span((entry.durationInMilliseconds ?? 0) / 1000)],
    ['In Microsoft Entra ID', [name(entry.sourceIdentity.displayName), ' ', h('code', null, entry.sourceIdentity.id)]],
    ['In xMatters', entry.targetIdentity.id && [name(entry.targetIdentity.displayName), ' ', h('code', null, entry.targetIdentity.id)]],
    ['Cycle', cycle ?? 'outside of cycles'], ['Entry', h('code', null, entry.id)],
  ]);
}
