/// What the runs of users and of groups have in common: what has been learned and done so far, for the report.
protocol ObjectRun {
  var provisioner: Provisioner { get }
  var object: ObjectID { get }
  var kind: ObjectKind { get }
  var began: Timestamp { get }
  var removals: RemovalPermission { get }

  var action: ProvisioningLogEntry.Action { get set }
  var status: ProvisioningLogEntry.Status { get set }
  var steps: [ProvisioningLogEntry.Step] { get set }
  var modified: [ProvisioningLogEntry.ModifiedProperty] { get set }
  var sourceName: String? { get set }
  var failure: Failure? { get set }
  var skip: SkipReason? { get set }
  var foundDrift: Bool { get set }
  /// A removal that was decided on and not permitted.
  var planned: LeaveAction? { get set }
  /// The object was removed, or found removed.
  var hasRemoved: Bool { get set }

  /// Reads, decides, and carries out what was decided.
  mutating func importAndDecide() async throws(Failure)
}

extension ObjectRun {
  /// Runs to the end; a failure is noted.
  mutating func attempt() async {
    do throws(Failure) {
      try await importAndDecide()
    } catch {
      failure = error
      status = .failure
      steps.append(
        .init(
          .export, "EntryExport\(action.stepSuffix)", .failure, error.reason,
          details: ["errorCode": error.code.rawValue]))
    }
  }

  /// The entry for the provisioning log; `target` is the person or group as it is known in xMatters.
  func entry(target: (id: PersonID, targetName: String?)?, cycleID: String?) -> ProvisioningLogEntry {
    ProvisioningLogEntry(
      id: ProvisioningLogEntry.makeID(), time: began, cycleID: cycleID, action: action, status: status,
      duration: provisioner.clock.now - began, objectID: object, kind: kind, sourceName: sourceName,
      personID: target?.id, targetName: target?.targetName, steps: steps, modifiedProperties: modified,
      failure: failure)
  }

  var externalKey: String { provisioner.policy.mapping.externalKey(of: object) }

  mutating func noteImport(_ text: String) {
    steps.append(.init(.import, "EntryImport", .success, text))
  }

  mutating func noteScope(_ text: String) {
    steps.append(.init(.scoping, "EntrySynchronizationScoping", .success, text))
  }

  mutating func noteExport(_ text: String) {
    steps.append(.init(.export, "EntryExport\(action.stepSuffix)", .success, text))
  }

  mutating func noteWarnings(_ warnings: [String]) {
    guard !warnings.isEmpty else { return }
    status = .warning
    for warning in warnings {
      steps.append(.init(.processing, "EntryProcessing", .warning, warning))
    }
  }

  mutating func noteLostTarget(_ text: String) {
    steps.append(
      .init(
        .matching, "EntryMatching", .warning, text, details: ["errorCode": ErrorCode.invalidAnchor.rawValue]))
  }
}

extension ProvisioningLogEntry.Action {
  fileprivate var stepSuffix: String {
    switch self {
    case .create: "Add"
    case .update, .disable: "Update"
    case .delete, .stagedDelete: "Delete"
    case .other: ""
    }
  }
}
