import ProvisioningModel
package import ProvisioningRules

// What a run notes of its five steps: import, scope, match, evaluate, export (docs/reference/entra-provisioning.md, "Provision on demand").
// Values of attributes are told on demand only: the log of cycles holds what was changed, not everything that was read.

extension ObjectRun {
  mutating func noteImport(_ text: String, details: [String: String] = [:]) {
    note(.import, text, details: details)
  }

  /// - Parameter reason: Why the object is not in scope; nil when it is.
  mutating func note(_ scope: ScopeExplanation, _ reason: LeaveReason?) {
    reasonToLeave = reason
    note(.scoping, scope.sentence(reason), reason == nil ? .success : .skipped, details: scope.details)
  }

  mutating func noteMatching(
    _ text: String, _ status: ProvisioningLogEntry.Status = .success, details: [String: String] = [:]
  ) {
    note(.matching, text, status, details: details)
  }

  mutating func noteLostTarget(_ text: String) {
    noteMatching(text, .warning, details: ["errorCode": ErrorCode.invalidAnchor.rawValue])
  }

  mutating func noteEvaluation(_ text: String, details: [String: String] = [:]) {
    note(.processing, text, details: details)
  }

  /// What is to be done about an object that is there on both sides.
  func evaluation(isEqual: Bool, adopts: Bool) -> String {
    if foundDrift && !provisioner.policy.repairsDrift {
      return "Changed in xMatters by other hands; schedule.driftRepair says to leave it."
    }
    if isEqual { return adopts ? "Equal; to be marked as managed." : "Both sides are equal." }
    return adopts ? "To be adopted and updated." : "To be updated."
  }

  mutating func noteWarnings(_ warnings: [String]) {
    guard !warnings.isEmpty else { return }
    status = .warning
    for warning in warnings {
      steps.append(.init(.processing, "EntryProcessing", .warning, warning))
    }
  }

  mutating func noteExport(_ text: String) {
    note(.export, text)
  }

  mutating func noteFailure(_ failure: Failure) {
    note(stage, failure.reason, .failure, details: ["errorCode": failure.code.rawValue])
  }

  private mutating func note(
    _ kind: ProvisioningLogEntry.StepKind, _ text: String, _ status: ProvisioningLogEntry.Status = .success,
    details: [String: String] = [:]
  ) {
    steps.append(.init(kind, kind.name(action), status, text, details: details))
  }

  /// In the order of the five steps; on demand each of them is there.
  var orderedSteps: [ProvisioningLogEntry.Step] {
    guard isOnDemand else { return steps }
    return ProvisioningLogEntry.StepKind.fiveSteps.flatMap { kind in
      let noted = steps.filter { $0.kind == kind }
      return noted.isEmpty ? [notReached(kind)] : noted
    }
  }

  private func notReached(_ kind: ProvisioningLogEntry.StepKind) -> ProvisioningLogEntry.Step {
    guard let skip else { return .init(kind, kind.name(.other), .skipped, "Not reached.", details: [:]) }
    return .init(kind, kind.name(.other), .skipped, skip.explanation, details: ["SkipReason": skip.rawValue])
  }
}

extension ProvisioningLogEntry.StepKind {
  static let fiveSteps: [Self] = [.import, .scoping, .matching, .processing, .export]

  /// As Entra names its steps (docs/reference/entra-provisioning.md, "Provisioning log").
  fileprivate func name(_ action: ProvisioningLogEntry.Action) -> String {
    switch self {
    case .import: "EntryImport"
    case .scoping: "EntrySynchronizationScoping"
    case .matching: "EntryMatching"
    case .processing, .referenceResolution: "EntrySynchronization\(action.stepSuffix)"
    case .export: "EntryExport\(action.stepSuffix)"
    }
  }
}

extension ProvisioningLogEntry.Action {
  fileprivate var stepSuffix: String {
    switch self {
    case .create: "Add"
    case .update, .disable: "Update"
    case .delete, .stagedDelete: "Delete"
    case .other: "Skip"
    }
  }
}

extension SkipReason {
  /// For people to read.
  package var explanation: String {
    switch self {
    case .notInScope: "Not in scope."
    case .notEffectivelyEntitled:
      "Assigned with Default Access only, which does not count (directory.includeDefaultAccess)."
    case .notActiveInSource: "Disabled or deleted in the directory and never provisioned: nothing is created for it."
    case .alreadyHandled: "The leaving was handled before."
    case .importSkipped: "There is no value to look for the object by."
    case .redundantExport: "Both sides are equal."
    case .orphan:
      "Carries the key of an object that this directory has never known: it is left alone, and reported as an orphan."
    case .removalPlanned:
      "Held by the removal guard: more than allowed would be disabled or deleted (protection.removals)."
    }
  }
}
